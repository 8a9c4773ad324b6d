import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { messagesOfRun } from '../../../src/conversation/messages-of-run.js';
import type { Database } from '../../../src/database/schema.js';
import { isEnded } from '../../../src/protocol/run-state.js';
import { readCursor } from '../../../src/run/cursor.js';
import { ada } from '../../support/conversations.js';
import type { Instance } from '../../support/instance.js';
import { Client, Violation, type Expected } from './client.js';
import type { Act, Connection, CursorKind, Schedule } from './schedule.js';
import { Truth } from './truth.js';
import { WrittenRun } from './written-run.js';

/** Where schedules are played: instances that share a database and a log. */
export interface Stage {
  db: Kysely<Database>;
  /** The first one's writer begins the run. */
  instances: readonly Instance[];
  truths: Map<string, Truth>;
}

const MOST_READERS = 6;
const PATIENCE_MS = 120_000;

/** Plays a schedule and lets every reader read to its end. Throws what is violated. */
export async function play({ db, instances, truths }: Stage, schedule: Schedule): Promise<void> {
  const run = await WrittenRun.begin(instances, db, schedule.script, (runId) => {
    const truth = new Truth(runId);
    truths.set(runId, truth);
    return truth;
  });
  const { truth } = run;
  try {
    const readers = new Readers(instances, truth);
    for (const act of schedule.acts) await perform(act, run, readers);

    if (!run.ended) await run.end('completed', false);
    await run.recover(0);
    await readers.joinAll();
    await readers.readToEnd();
    await compareWithStorage(readers, run, instances[0]!, schedule.wellFormed);
  } finally {
    truths.delete(truth.runId);
  }
}

async function perform(act: Act, run: WrittenRun, readers: Readers): Promise<void> {
  switch (act.do) {
    case 'append':
      return run.append(act.events);
    case 'join':
      return readers.join(act.cursor, act.pick, act.connection);
    case 'read':
      return readers.read(act);
    case 'trim':
      return run.trim(act.on, act.pick);
    case 'fence':
      return run.fence(act.on);
    case 'lose':
      return run.lose(act.on, act.lost);
    case 'drop':
      return run.drop(act.on);
    case 'zombie':
      return run.zombie(act.events);
    case 'recover':
      return run.recover(act.on);
    case 'end':
      return run.end(act.how, act.dies);
    case 'expire':
      return run.expire();
  }
}

class Readers {
  readonly all: Client[] = [];
  readonly #bytesAt = new Map<string, string>();

  constructor(
    private readonly instances: readonly Instance[],
    private readonly truth: Truth,
  ) {}

  async join(kind: CursorKind, pick: number, connection: Connection): Promise<void> {
    if (this.all.filter(({ done }) => !done).length >= MOST_READERS) return;
    const { at, cursor } = this.#cursor(kind, pick, connection);
    const client = new Client(this.truth, this.#bytesAt, at);
    const expected = this.#expected(cursor);
    if (!(await client.connect(this.#instance(connection), cursor, connection.limit))) return;
    this.all.push(client);
    await client.read(null, expected);
  }

  async read({ reader, connection, cut }: Extract<Act, { do: 'read' }>): Promise<void> {
    const waiting = this.all.filter(({ done }) => !done);
    const client = waiting[reader % Math.max(waiting.length, 1)];
    if (!client) return;
    if (client.connected) await client.read(cut);
    else await this.#comeBack(client, connection, cut);
  }

  /** One of each kind, at the end of the run. */
  async joinAll(): Promise<void> {
    const kinds: CursorKind[] = ['start', 'valid', 'old', 'ahead', 'other-epoch', 'garbage', 'other-run'];
    for (const [index, kind] of kinds.entries())
      await this.join(kind, index * 7, { on: index % 2, form: 'position', limit: 4 });
  }

  async readToEnd(): Promise<void> {
    const giveUp = performance.now() + PATIENCE_MS;
    for (const client of this.all) {
      while (!client.done) {
        if (performance.now() > giveUp) throw new Violation('a reader waits in vain for the end of the run');
        const connection: Connection = { on: this.all.indexOf(client), form: 'position', limit: 4 };
        const read = client.connected
          ? await client.read(null)
          : await this.#comeBack(client, connection, null);
        if (read !== 'news') await sleep(1);
      }
    }
  }

  async #comeBack(
    client: Client,
    connection: Connection,
    cut: Parameters<Client['read']>[0],
  ): Promise<'news' | 'nothing' | 'over'> {
    const cursor = client.comeback(connection);
    const expected = this.#expected(cursor);
    if (!(await client.connect(this.#instance(connection), cursor, connection.limit))) return 'over';
    return client.read(cut, expected);
  }

  #instance({ on }: Pick<Connection, 'on'>): Instance {
    return this.instances[on % this.instances.length]!;
  }

  /** What the rule of cursors says. Nothing is said where the log is away, or an instance may not have heard what another did. */
  #expected(text: string | null): Expected {
    const { truth } = this;
    if (!truth.model.exists || truth.disturbed) return undefined;
    const cursor = readCursor(text, truth.runId, truth.head);
    if (cursor === 'invalid') return 'unknown';
    return truth.gap(cursor ?? { epoch: truth.head.epoch, seq: 0 }) ?? 'exact';
  }

  #cursor(kind: CursorKind, pick: number, { form }: Connection) {
    const { truth } = this;
    const { runId, head } = truth;
    const foreign = (cursor: string) => ({ at: null, cursor });
    const text = (epoch: number, seq: number) =>
      form === 'bare' ? String(seq) : `${runId}.${Math.max(epoch, 1)}.${seq}`;
    switch (kind) {
      case 'start':
        return { at: null, cursor: pick % 2 === 0 ? null : `${runId}.${Math.max(head.epoch, 1)}.0` };
      case 'valid': {
        const { held } = truth;
        const at = held[pick % Math.max(held.length, 1)];
        return at ? { at, cursor: text(at.epoch, at.seq) } : { at: null, cursor: null };
      }
      case 'old': {
        const at = truth.positions[pick % truth.positions.length]!;
        return { at, cursor: `${runId}.${at.epoch}.${at.seq}` };
      }
      case 'ahead':
        return foreign(text(head.epoch, head.seq + 1 + (pick % 1000)));
      case 'other-epoch':
        return foreign(`${runId}.${head.epoch + 1 + (pick % 3)}.${pick % (head.seq + 3)}`);
      case 'garbage':
        return foreign(['x', '-1', `${runId}.0.1`, `${runId}.1`, '9'.repeat(20), `${runId}.1.2 `][pick % 6]!);
      case 'other-run':
        return foreign(`01ARZ3NDEKTSV4RRFFQ69G5FAV.1.${pick % (head.seq + 2)}`);
    }
  }
}

/** The words that readers have are those that are stored, and so is the end. */
async function compareWithStorage(
  readers: Readers,
  run: WrittenRun,
  instance: Instance,
  wellFormed: boolean,
): Promise<void> {
  const stored = JSON.stringify((await instance.store.round(run.id)).messages.slice(1));
  const view = await instance.runs.view(ada, run.id);
  for (const { state, believed } of readers.all) {
    if (believed) continue;
    if (!isEnded(state.phase) || state.phase !== view.state)
      throw new Violation(`a reader has ${state.phase}, the row says ${view.state}`);
    const read = JSON.stringify(messagesOfRun(state));
    if (wellFormed && read !== stored) throw new Violation(`read and stored differ:\n${read}\n${stored}`);
  }
}
