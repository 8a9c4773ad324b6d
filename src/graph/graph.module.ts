import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module.js';
import { ConversationModule } from '../conversation/conversation.module.js';
import { TitleModule } from '../conversation/title/title.module.js';
import { ModelModule } from '../model/model.module.js';
import { RunModule } from '../run/run.module.js';
import { SseModule } from '../sse/sse.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { DesignController } from './design/design.controller.js';
import { DesignService } from './design/design.service.js';
import { GraphDocumentsController } from './graph-documents.controller.js';
import { GraphService } from './graph.service.js';
import { GraphStore } from './graph.store.js';
import { GraphExamplesController } from './graph-examples.controller.js';
import { GraphExecutionController } from './run/graph-execution.controller.js';
import { GraphRunService } from './run/graph-run.service.js';
import { RunFilesController } from './run/run-files.controller.js';
import { GraphRunStore } from './run/graph-run.store.js';
import { GraphsController } from './graphs.controller.js';

@Module({
  imports: [ChatModule, ConversationModule, ModelModule, RunModule, SseModule, TitleModule, ToolsModule],
  controllers: [
    GraphExamplesController,
    GraphExecutionController,
    DesignController,
    GraphsController,
    GraphDocumentsController,
    RunFilesController,
  ],
  providers: [GraphStore, GraphService, GraphRunStore, GraphRunService, DesignService],
})
export class GraphModule {}
