import type { Request, Response } from 'express';
import { applyEvent } from '../protocol/apply-event.js';
import { emptyRunState, type RunState } from '../protocol/run-state.js';
import type { RunReader } from '../run/run-reader.js';
import { errorOfRun } from './run-error.js';
import type { Served } from './served.js';
import { Signal } from './signal.js';

/** A run answered at its end as one JSON document (`stream: false`). Waiting for it is reading it: the run has a reader. */
export class RunCompletion implements Served {
  constructor(
    private readonly open: () => Promise<RunReader>,
    private readonly toBody: (state: RunState) => object,
  ) {}

  /**
   * A run that failed or was interrupted is answered with the status of its error. One that was cancelled is answered with what
   * it had said.
   */
  async serve(_request: Request, response: Response): Promise<void> {
    const reader = await this.open();
    response.setHeader('x-run-id', reader.runId);
    if (reader.conversationId !== undefined) response.setHeader('x-conversation-id', reader.conversationId);
    const state = await readToEnd(reader, response);
    if (!state) return;
    if (state.error) throw errorOfRun(state.run_id, state.error);
    response.status(200).json(this.toBody(state));
  }
}

/** Null when the client went away first. */
async function readToEnd(reader: RunReader, response: Response): Promise<RunState | null> {
  let state = emptyRunState(reader.runId);
  const changed = new Signal();
  const unwatch = reader.watch(changed.raise);
  response.on('close', changed.raise);
  try {
    while (!reader.ended) {
      if (response.closed) return null;
      changed.reset();
      const items = reader.readNow() ?? (await reader.read());
      for (const item of items) {
        if (item.type === 'run.snapshot') state = structuredClone(item.state);
        else applyEvent(state, item);
      }
      if (items.length === 0 && !reader.ended) await changed.wait();
    }
    return state;
  } finally {
    unwatch();
    response.off('close', changed.raise);
    reader.close();
  }
}
