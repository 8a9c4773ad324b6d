import type { EventOf } from '../protocol/run-event.js';

/** The reason of an aborted run that was cancelled (and did not fail). */
export class RunCancelled extends Error {
  constructor(
    readonly by: EventOf<'run.cancelled'>['by'],
    readonly reason?: string,
  ) {
    super(`cancelled by ${by}`);
    this.name = 'RunCancelled';
  }
}

/** The reason of a run that the server gives up because it stops. */
export class RunInterrupted extends Error {
  constructor() {
    super('the server is stopping');
    this.name = 'RunInterrupted';
  }
}
