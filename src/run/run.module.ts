import { Module } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import { ConversationStoreModule } from '../conversation/conversation-store.module.js';
import { ReadinessService } from '../health/readiness.service.js';
import { Stores } from '../health/stores.js';
import { MeteredRunExecutor } from '../observability/metered-run-executor.js';
import { SseModule } from '../sse/sse.module.js';
import { openRunLog } from './log/open-run-log.js';
import { RUN_LOG } from './log/run-log.js';
import { ActiveRuns } from './active-runs.js';
import { AnnouncedReaders } from './announced-readers.js';
import { CheckpointStore } from './recovery/checkpoint.store.js';
import { Checkpointer } from './recovery/checkpointer.js';
import { InstanceLeases } from './recovery/instance-leases.js';
import { RunRecovery } from './recovery/run-recovery.js';
import { RunCleaner } from './run-cleaner.js';
import { RunExecutor } from './run-executor.js';
import { RunReaders } from './run-readers.js';
import { RunService } from './run.service.js';
import { RunStore } from './run.store.js';
import { RunsController } from './runs.controller.js';

@Module({
  imports: [ConversationStoreModule, SseModule],
  controllers: [RunsController],
  providers: [
    RunStore,
    { provide: RunExecutor, useClass: MeteredRunExecutor },
    CheckpointStore,
    Checkpointer,
    RunRecovery,
    InstanceLeases,
    ActiveRuns,
    RunCleaner,
    AnnouncedReaders,
    RunReaders,
    RunService,
    { provide: RUN_LOG, inject: [CONFIG, ReadinessService, Stores], useFactory: openRunLog },
  ],
  exports: [RunService, RUN_LOG],
})
export class RunModule {}
