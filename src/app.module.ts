import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AgUiModule } from './ag-ui/ag-ui.module.js';
import { AgentModule } from './agent/agent.module.js';
import { AiSdkModule } from './ai-sdk/ai-sdk.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ChatModule } from './chat/chat.module.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { GraphModule } from './graph/graph.module.js';
import { HealthModule } from './health/health.module.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ValidationPipe } from './http/validation.js';
import { AppLogger } from './observability/app-logger.js';
import { loggingModule } from './observability/logging.js';
import { MetricsModule } from './observability/metrics.module.js';
import { OpenAiModule } from './openai/openai.module.js';
import { OpenApiController } from './openapi/openapi.controller.js';

@Module({
  imports: [
    ConfigModule,
    loggingModule,
    DatabaseModule,
    AuthModule,
    HealthModule,
    MetricsModule,
    ChatModule,
    GraphModule,
    AgentModule,
    OpenAiModule,
    AiSdkModule,
    AgUiModule,
  ],
  controllers: [OpenApiController],
  providers: [
    AppLogger,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class AppModule {}
