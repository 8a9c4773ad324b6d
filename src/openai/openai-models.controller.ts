import { Controller, Get, Param } from '@nestjs/common';
import { ModelRegistry } from '../model/model-registry.js';
import { MillraceError } from '../protocol/error-code.js';

export interface OpenAiModel {
  id: string;
  object: 'model';
  /** The list is read from the operator's file, which does not say when a model was made. */
  created: 0;
  owned_by: 'millrace';
}

/** The models by the names that users choose, in OpenAI's form. */
@Controller('v1/models')
export class OpenAiModelsController {
  constructor(private readonly models: ModelRegistry) {}

  @Get()
  list(): { object: 'list'; data: OpenAiModel[] } {
    return { object: 'list', data: this.models.list().map(({ name }) => openAiModel(name)) };
  }

  /** Names may hold slashes. Throws `model_not_found`. */
  @Get('*name')
  retrieve(@Param('name') name: string | string[]): OpenAiModel {
    const path = Array.isArray(name) ? name.join('/') : name;
    if (!this.models.has(path)) throw openAiModelNotFound(path);
    return openAiModel(path);
  }
}

export function openAiModelNotFound(name: string): MillraceError {
  const detail = `The model \`${name.slice(0, 256)}\` does not exist. GET /v1/models lists those that do.`;
  return new MillraceError('model_not_found', { detail, members: { param: 'model' } });
}

function openAiModel(id: string): OpenAiModel {
  return { id, object: 'model', created: 0, owned_by: 'millrace' };
}
