import { Module } from '@nestjs/common';
import { SseModule } from '../sse/sse.module.js';
import { MetricsController } from './metrics.controller.js';

@Module({ imports: [SseModule], controllers: [MetricsController] })
export class MetricsModule {}
