import { Module } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/config.js';
import { ModelMeter } from '../observability/model-meter.js';
import { LazyModelClient } from './lazy-model-client.js';
import { MODEL_CLIENT, type ModelClient } from './model-client.js';
import { ModelRegistry } from './model-registry.js';
import { ModelsController } from './models.controller.js';

const RETRY_BASE_MS = 500;

/** The models and the client that speaks to them. */
@Module({
  controllers: [ModelsController],
  providers: [
    {
      provide: ModelRegistry,
      inject: [CONFIG],
      useFactory: (config: Config) => ModelRegistry.load(config, process.env, process.cwd()),
    },
    {
      provide: MODEL_CLIENT,
      inject: [CONFIG, ModelRegistry],
      useFactory: (config: Config, models: ModelRegistry) =>
        new LazyModelClient(() => openAiClient(config, models)),
    },
  ],
  exports: [ModelRegistry, MODEL_CLIENT],
})
export class ModelModule {}

async function openAiClient(config: Config, models: ModelRegistry): Promise<ModelClient> {
  const { OpenAiModelClient } = await import('./openai-model-client.js');
  return new OpenAiModelClient(models, {
    clocks: {
      firstChunkMs: config.MODEL_FIRST_CHUNK_SECONDS * 1000,
      gapMs: config.MODEL_GAP_SECONDS * 1000,
    },
    retries: { maxRetries: config.MODEL_MAX_RETRIES, baseMs: RETRY_BASE_MS, random: Math.random },
    meter: (model) => new ModelMeter(model),
  });
}
