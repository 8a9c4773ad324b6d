import { Module } from '@nestjs/common';
import { EventStreams } from './event-streams.js';
import { SseHelper } from './sse-helper.js';

@Module({ providers: [EventStreams, SseHelper], exports: [EventStreams, SseHelper] })
export class SseModule {}
