import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { SseModule } from '../sse/sse.module.js';
import { MemoryRunLog } from './log/memory-run-log.js';
import { RUN_LOG } from './log/run-log.js';
import { RunExecutor } from './run-executor.js';
import { RunService } from './run.service.js';
import { RunStore } from './run.store.js';
import { RunsController } from './runs.controller.js';

@Module({
  imports: [SseModule],
  controllers: [RunsController],
  providers: [
    RunStore,
    RunExecutor,
    RunService,
    {
      provide: RUN_LOG,
      inject: [CONFIG],
      useFactory: (config: Config) => new MemoryRunLog({ retentionSeconds: config.LOG_RETENTION_SECONDS }),
    },
  ],
  exports: [RunService],
})
export class RunModule {}
