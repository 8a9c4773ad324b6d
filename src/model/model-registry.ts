import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { MillraceError } from '../protocol/error-code.js';
import { DEMO_BASE_URL, describeModel, publicModel } from './model-config.js';
import type { ModelConfig, PublicModel } from './model-config.js';
import { parseModelsFile } from './models-file.js';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
const DEFAULT_MODEL = 'gpt-5-mini';
const DEFAULT_FILE = 'models.json';

type ModelSettings = Pick<Config, 'MODELS_FILE' | 'OPENAI_API_KEY' | 'OPENAI_BASE_URL' | 'OPENAI_MODEL'>;

/** The models that users may choose, in the operator's order. It is read once, at start. */
export class ModelRegistry {
  readonly #models: ReadonlyMap<string, ModelConfig>;

  constructor(models: readonly ModelConfig[]) {
    this.#models = new Map(models.map((model) => [model.name, model]));
  }

  /**
   * Finds the models, by the first of these that applies:
   *
   * 1. `MODELS_FILE`, which must exist, or else `models.json` in `directory` if it exists;
   * 2. the one model of `OPENAI_MODEL`, `OPENAI_API_KEY` and `OPENAI_BASE_URL`. A key alone means `gpt-5-mini` at OpenAI; a base
   *    URL needs a model, because no name is right at every server, and needs no key;
   * 3. the demo model.
   *
   * Throws an Error that names the variable, or the file, the entry and the field, that is wrong.
   */
  static load(
    settings: ModelSettings,
    env: Readonly<Record<string, string | undefined>>,
    directory: string,
  ): ModelRegistry {
    const file = settings.MODELS_FILE ?? DEFAULT_FILE;
    const text = readText(resolve(directory, file), settings.MODELS_FILE !== undefined);
    if (text !== null) return new ModelRegistry(parseModelsFile(text, file, env));
    return new ModelRegistry([fromEnvironment(settings) ?? demo]);
  }

  list(): PublicModel[] {
    return [...this.#models.values()].map(publicModel);
  }

  /** The model with its secrets, for the model client. Throws `unknown_model`. */
  find(name: string): ModelConfig {
    const model = this.#models.get(name);
    if (!model) throw new MillraceError('unknown_model', { detail: `找不到模型配置: ${name}` });
    return model;
  }

  /** The name of the model that a request means which need not name one: then the first. Throws `unknown_model`. */
  choose(name: string | null | undefined): string {
    return this.find(name ?? this.list()[0]?.name ?? '').name;
  }

  has(name: string): boolean {
    return this.#models.has(name);
  }

  /** The settings of a model without its secrets. Throws `model_not_found`. */
  describe(name: string): Record<string, unknown> {
    const model = this.#models.get(name);
    if (!model) throw new MillraceError('model_not_found', { detail: `找不到模型 '${name}'` });
    return describeModel(model);
  }
}

const demo: ModelConfig = { name: 'demo', base_url: DEMO_BASE_URL, model: 'demo' };

function fromEnvironment(settings: ModelSettings): ModelConfig | null {
  const { OPENAI_API_KEY: api_key, OPENAI_BASE_URL: base_url, OPENAI_MODEL: model } = settings;
  if (!api_key && !base_url && !model) return null;
  if (base_url && !model) throw new Error('OPENAI_MODEL: is needed with OPENAI_BASE_URL');
  if (!base_url && !api_key) throw new Error('OPENAI_MODEL: needs OPENAI_API_KEY or OPENAI_BASE_URL');
  const name = model ?? DEFAULT_MODEL;
  return { name, model: name, base_url: base_url ?? OPENAI_BASE_URL, api_key };
}

function readText(path: string, required: boolean): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(
      `MODELS_FILE: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
    );
  }
}
