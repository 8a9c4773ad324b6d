import { Controller, Get, Query } from '@nestjs/common';
import { ModelRegistry } from '../model/model-registry.js';
import { readExamples, withModel } from './graph-examples.js';

/** Graphs to begin with: what this gives is imported with `POST /api/graphs/import`. */
@Controller('api/examples/graphs')
export class GraphExamplesController {
  readonly #examples = readExamples();
  readonly #chinese = readExamples('zh');

  constructor(private readonly models: ModelRegistry) {}

  @Get()
  list(@Query('language') language?: string) {
    const model = this.models.list()[0]?.name ?? 'demo';
    const examples = language === 'zh' ? this.#chinese : this.#examples;
    return examples.map((example) => ({
      name: example.graph.name,
      description: example.graph.description,
      nodes: example.graph.nodes.length,
      document: withModel(example, model),
    }));
  }
}
