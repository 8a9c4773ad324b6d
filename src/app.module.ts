import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthGuard } from './auth/auth.guard.js';
import { ChatModule } from './chat/chat.module.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthController } from './health/health.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ValidationPipe } from './http/validation.js';
import { AppLogger } from './observability/app-logger.js';
import { loggingModule } from './observability/logging.js';
import { OpenApiController } from './openapi/openapi.controller.js';

@Module({
  imports: [ConfigModule, loggingModule, DatabaseModule, ChatModule],
  controllers: [HealthController, OpenApiController],
  providers: [
    AppLogger,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class AppModule {}
