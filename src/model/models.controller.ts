import { Controller, Get, Param } from '@nestjs/common';
import type { PublicModel } from './model-config.js';
import { ModelRegistry } from './model-registry.js';

/** The models that users may choose (the seed's section 7.1). No answer ever holds a key. */
@Controller('api/models')
export class ModelsController {
  constructor(private readonly models: ModelRegistry) {}

  @Get()
  list(): PublicModel[] {
    return this.models.list();
  }

  /** Names may hold slashes. Throws `model_not_found`. */
  @Get('*name')
  describe(@Param('name') name: string | string[]): { status: 'success'; data: Record<string, unknown> } {
    const path = Array.isArray(name) ? name.join('/') : name;
    return { status: 'success', data: this.models.describe(path) };
  }
}
