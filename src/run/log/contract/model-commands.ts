import fc from 'fast-check';
import type { RunEventBody } from '../../../protocol/run-event.js';
import type { LogCursor, ReadOptions } from '../run-log.js';
import { FencedError } from '../run-log.js';
import { bodies, enveloped, snapshotAt } from './events.js';
import type { LogModel, LogReal, RunModel } from './model-state.js';
import { cursorNear, epochOf, eventsAfter, gapOf, lastSeqOf, loseAll } from './model-state.js';
import { expectMerged, expectNoneLeft, readToHead } from './reading.js';

type Command = fc.AsyncCommand<LogModel, LogReal>;

interface Act {
  name: string;
  /** Of which run. */
  run: number;
  /** What else was chosen, for the report. */
  choice?: unknown;
  possible?: (model: RunModel) => boolean;
  perform: (model: RunModel, real: LogReal) => Promise<void>;
}

/** Performs the act on both, then compares the heads. */
function command({ name, run, choice, possible = () => true, perform }: Act): Command {
  return {
    check: ({ runs }) => possible(runs[run]!),
    async run({ runs }, real) {
      const model = runs[run]!;
      await perform(model, real);
      await expectSameHead(model, real);
    },
    toString: () => `${name}(${JSON.stringify({ run, ...(choice as object) })})`,
  };
}

async function expectSameHead(model: RunModel, { log, peer }: LogReal): Promise<void> {
  const head = await log.head(model.runId);
  const { firstSeq, closed } = model;
  if (model.exists)
    expect(head).toMatchObject({ epoch: epochOf(model), seq: lastSeqOf(model), firstSeq, closed });
  else expect(head).toBeNull();
  expect(await peer.head(model.runId)).toEqual(head);
  expect(await log.base(model.runId)).toEqual(model.base);
}

const exists = (model: RunModel) => model.exists;
const isOpen = (model: RunModel) => model.exists && !model.closed;

/** Opens the next epoch; `lost` says how many seqs the row vouches for beyond the log. */
const open = (run: number, lost: number): Command =>
  command({
    name: 'open',
    run,
    choice: { lost },
    async perform(model, real) {
      const after: LogCursor = { epoch: model.vouched.epoch + lost, seq: model.vouched.seq + lost };
      const isFirst = model.vouched.epoch === 0 && lost === 0;
      const writer = await real.log.open(model.runId, isFirst ? undefined : after);
      expect([writer.epoch, writer.startSeq]).toEqual([after.epoch + 1, after.seq]);
      real.writers[run]!.push(writer);

      if (!model.exists || after.seq > lastSeqOf(model)) loseAll(model, after);
      model.exists = true;
      model.closed = false;
      model.epochs.push({ epoch: writer.epoch, firstSeq: after.seq + 1 });
      model.vouched = { epoch: writer.epoch, seq: after.seq };
    },
  });

/** Opens with a token that is older than the log's. */
const openLate = (run: number, epochs: number): Command =>
  command({
    name: 'openLate',
    run,
    choice: { epochs },
    possible: exists,
    async perform(model, { peer }) {
      const after = { epoch: Math.max(0, epochOf(model) - 1 - epochs), seq: lastSeqOf(model) + 3 };
      await expect(peer.open(model.runId, after)).rejects.toThrow(FencedError);
    },
  });

const append = (run: number, batch: RunEventBody[]): Command =>
  command({
    name: 'append',
    run,
    choice: { batch },
    possible: isOpen,
    async perform(model, real) {
      const events = enveloped(model.runId, { epoch: epochOf(model), seq: lastSeqOf(model) }, batch);
      await real.writers[run]!.at(-1)!.append(events);
      model.events.push(...events);
      model.vouched = { epoch: epochOf(model), seq: lastSeqOf(model) };
    },
  });

/** Appends by a writer that is not the run's any more: fenced, closed or dropped. */
const appendFenced = (run: number, pick: number, batch: RunEventBody[]): Command =>
  command({
    name: 'appendFenced',
    run,
    choice: { pick, batch },
    async perform(model, real) {
      const over = isOpen(model) ? real.writers[run]!.slice(0, -1) : real.writers[run]!;
      if (over.length === 0) return;
      const writer = over[pick % over.length]!;
      const events = enveloped(model.runId, { epoch: writer.epoch, seq: lastSeqOf(model) }, batch);
      await expect(writer.append(events)).rejects.toThrow(FencedError);
    },
  });

const appendMisplaced = (run: number, offset: number, batch: RunEventBody[]): Command =>
  command({
    name: 'appendMisplaced',
    run,
    choice: { offset, batch },
    possible: isOpen,
    async perform(model, real) {
      const after = { epoch: epochOf(model), seq: lastSeqOf(model) + offset };
      const events = enveloped(model.runId, after, batch);
      await expect(real.writers[run]!.at(-1)!.append(events)).rejects.toThrow(FencedError);
    },
  });

/** Reads once after any cursor, good or bad. */
const read = (run: number, epochPick: number | null, seqPick: number, options: ReadOptions): Command =>
  command({
    name: 'read',
    run,
    choice: { epochPick, seqPick, ...options },
    possible: (model) => model.exists || seqPick % 5 === 0,
    async perform(model, { peer }) {
      const cursor = cursorNear(model, epochPick, seqPick);
      const result = await peer.read(model.runId, cursor, options);
      const reason = gapOf(model, cursor);
      if (reason || result.kind === 'gap') {
        expect(result).toEqual({ kind: 'gap', reason });
        return;
      }
      expect(result.events.length).toBeLessThanOrEqual(options.limit!);
      const last = result.events.at(-1);
      expect(result.cursor.seq).toBe(last?.seq ?? cursor.seq);
      const rest = eventsAfter(model, cursor.seq);
      if (rest.length > 0) expect(last).toBeDefined();
      const covered = rest.filter((event) => event.seq <= result.cursor.seq);
      if (!options.merge) expect(result.events).toStrictEqual(rest.slice(0, options.limit));
      expectMerged(result.events, covered);
      if (options.merge) expectNoneLeft(result.events);
    },
  });

/** Reads page by page from a good cursor to the head. */
const readOn = (run: number, pick: number, options: ReadOptions): Command =>
  command({
    name: 'readOn',
    run,
    choice: { pick, ...options },
    possible: exists,
    async perform(model, { log }) {
      const skipped = pick % (model.events.length + 1);
      const seq = model.firstSeq - 1 + skipped;
      const epoch = model.events[skipped - 1]?.epoch ?? epochOf(model);
      const events = await readToHead(log, model.runId, { epoch, seq }, options);
      const rest = eventsAfter(model, seq);
      if (options.merge) expectMerged(events, rest);
      else expect(events).toStrictEqual(rest);
    },
  });

const trim = (run: number, pick: number): Command =>
  command({
    name: 'trim',
    run,
    choice: { pick },
    possible: exists,
    async perform(model, { peer }) {
      const seq = pick % (lastSeqOf(model) + 1);
      const snapshot = snapshotAt(model.runId, { epoch: epochOf(model), seq });
      await peer.trim(model.runId, snapshot);
      if (seq + 1 < model.firstSeq) return;
      model.events = eventsAfter(model, seq);
      model.firstSeq = seq + 1;
      model.base = snapshot;
    },
  });

const close = (run: number, luck: number): Command =>
  command({
    name: 'close',
    run,
    possible: (model) => model.exists && luck === 0,
    async perform(model, real) {
      await real.writers[run]!.at(-1)!.close();
      model.closed = true;
    },
  });

const drop = (run: number, luck: number): Command =>
  command({
    name: 'drop',
    run,
    possible: (model) => model.exists && luck === 0,
    async perform(model, { peer }) {
      await peer.drop(model.runId);
      model.exists = false;
      model.closed = false;
      model.epochs = [];
      model.events = [];
      model.base = null;
    },
  });

/** The commands on some runs, the common ones more often. */
export function allCommands(runs: number): fc.Arbitrary<Command>[] {
  const run = fc.nat({ max: runs - 1 });
  const someBodies = bodies.filter((batch) => batch.length > 0);
  const options = fc.record({ limit: fc.integer({ min: 1, max: 30 }), merge: fc.boolean() });
  // Closes and drops are done one time in four, or few logs would live long enough to hold much.
  const luck = fc.nat({ max: 3 });
  const offset = fc.integer({ min: -3, max: 3 }).filter((by) => by !== 0);
  const lost = fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat({ max: 3 }) },
  );
  const common = [
    fc.tuple(run, someBodies).map((args) => append(...args)),
    fc.tuple(run, fc.option(fc.nat(), { freq: 1 }), fc.nat(), options).map((args) => read(...args)),
    fc.tuple(run, fc.nat(), options).map((args) => readOn(...args)),
  ];
  return [
    ...common,
    ...common,
    ...common,
    fc.tuple(run, lost).map((args) => open(...args)),
    fc.tuple(run, lost).map((args) => open(...args)),
    fc.tuple(run, fc.nat({ max: 3 })).map((args) => openLate(...args)),
    fc.tuple(run, fc.nat(), bodies).map((args) => appendFenced(...args)),
    fc.tuple(run, offset, someBodies).map((args) => appendMisplaced(...args)),
    fc.tuple(run, fc.nat()).map((args) => trim(...args)),
    fc.tuple(run, luck).map((args) => close(...args)),
    fc.tuple(run, luck).map((args) => drop(...args)),
  ];
}
