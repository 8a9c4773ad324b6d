import type { Owner } from '../auth/owner.js';
import { MillraceError } from '../protocol/error-code.js';
import { parsePosition } from '../protocol/position.js';
import type { RunProgram } from './run-program.js';
import type { RunReader } from './run-reader.js';
import type { RunService } from './run.service.js';

/** A POST that starts a run, or says which one it was reading. */
export interface Asked {
  owner: Owner;
  lastEventId: string | undefined;
  /** Whether it is answered by a stream. Without one the answer is the whole run, wherever its reader was. */
  stream: boolean;
  program: () => RunProgram | Promise<RunProgram>;
}

/**
 * A POST that says where it was resumes that run and never starts another: clients that post again after a cut do so. What names no
 * run cannot be resumed, and starting one would be a second model call for one question. Throws `invalid_parameter`, what
 * `program` throws, and what RunService throws.
 */
export async function startOrResume(runs: RunService, asked: Asked): Promise<RunReader> {
  const { owner, lastEventId, stream, program } = asked;
  if (!lastEventId) return runs.start(await program());
  const position = parsePosition(lastEventId);
  if (!position)
    throw new MillraceError('invalid_parameter', {
      detail: 'Last-Event-ID is not a position of a run. Leave it out to start a new one.',
    });
  return runs.follow(owner, position.run_id, stream ? lastEventId : null);
}
