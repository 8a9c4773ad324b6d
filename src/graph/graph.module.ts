import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { GraphDocumentsController } from './graph-documents.controller.js';
import { GraphService } from './graph.service.js';
import { GraphStore } from './graph.store.js';
import { GraphsController } from './graphs.controller.js';

@Module({
  imports: [ModelModule, ToolsModule],
  controllers: [GraphsController, GraphDocumentsController],
  providers: [GraphStore, GraphService],
})
export class GraphModule {}
