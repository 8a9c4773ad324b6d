import { Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import { storedThread } from '../sse/dialects/ag-ui/stored-thread.js';
import { readDialectName, resumableDialect } from '../sse/dialects/resumable-dialect.js';
import { EventStream } from '../sse/event-stream.decorator.js';
import { SseHelper } from '../sse/sse-helper.js';
import type { RunView } from './run-view.js';
import { RunService, type CancelReceipt } from './run.service.js';

@Controller('api/runs')
export class RunsController {
  constructor(
    private readonly runs: RunService,
    private readonly conversations: ConversationStore,
    private readonly sse: SseHelper,
  ) {}

  @Get(':id')
  view(@CurrentOwner() owner: Owner, @Param('id') id: string): Promise<RunView> {
    return this.runs.view(owner, id);
  }

  /** The events after a cursor, in one of the dialects; `?after=` goes before `Last-Event-ID`. */
  @EventStream('GET', ':id/events')
  async events(
    @CurrentOwner() owner: Owner,
    @Param('id') id: string,
    @Query('after') after: unknown,
    @Query('dialect') dialect: unknown,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const cursor =
      after === undefined ? (lastEventId ?? null) : typeof after === 'string' ? after : 'invalid';
    const name = readDialectName(dialect);
    // A snapshot of this dialect holds the whole conversation, of which the run's log knows nothing.
    const before = name === 'ag-ui' ? storedThread(await this.conversations.roundsTo(owner, id)) : [];
    return this.sse.toMessageEvents(
      () => this.runs.follow(owner, id, cursor),
      resumableDialect(name, before),
    );
  }

  @Post(':id/cancel')
  @HttpCode(202)
  cancel(@CurrentOwner() owner: Owner, @Param('id') id: string): Promise<CancelReceipt> {
    return this.runs.cancel(owner, id);
  }
}
