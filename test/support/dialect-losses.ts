import fc from 'fast-check';
import { eventFields } from '../../src/protocol/event-fields.js';
import { arbitraryEvents } from '../../src/protocol/run-event.arbitrary.js';
import type { RunEvent, RunEventType } from '../../src/protocol/run-event.js';
import { arbitraryRun } from '../../src/protocol/run.arbitrary.js';
import type { DialectEncoder, Frame } from '../../src/sse/dialects/dialect.js';
import { recordedRuns } from './recorded-runs.js';

/** One dialect, and what each of its frames is called by its clients. */
export interface WrittenDialect {
  encoder: () => DialectEncoder;
  nameOf: (data: Record<string, unknown>) => string[];
}

/** What a dialect makes of one type of event. */
export interface Outcome {
  /** The frames that tell of it. */
  shownAs: readonly string[];
  /** Its fields that change nothing of what is written. */
  lost: readonly string[];
}

type Events = readonly RunEvent[];
type Fields = Record<string, unknown>;

const arbitraryOf: Readonly<Record<RunEventType, fc.Arbitrary<RunEvent>>> = arbitraryEvents;

const SEED = 15;
/** Enough of each to meet every kind of frame. */
const RUNS_OF_A_TYPE = 20;
const OTHER_VALUES = 4;
const SELDOM = 0.12;

const runs: readonly Events[] = [
  ...recordedRuns().map(([, events]) => events),
  ...fc.sample(arbitraryRun, { seed: SEED, numRuns: 80 }),
];

/**
 * Finds what is lost by trying: a field that can be changed in a whole run without any change in what is written is not written. An id is
 * renamed wherever it occurs, so that what refers to each other still does; that of a node is left out, because what counts is which node an event
 * belongs to.
 */
export function outcomeOf(type: RunEventType, dialect: WrittenDialect): Outcome {
  const own = runsWith(type).map((run) => ({ run, text: textOf(dialect, run) }));
  const shownAs = new Set(
    namesOf(
      dialect,
      own.map(({ run }) => run),
      type,
    ),
  );
  const lost: string[] = [];
  for (const field of fieldsOf(type)) {
    const changed = own.flatMap(({ run, text }) =>
      variants(run, type, field).map((variant) => ({ run, text, variant })),
    );
    const difference = changed.find(({ text, variant }) => textOf(dialect, variant) !== text);
    // What can have only one value cannot be lost.
    if (!difference && changed.length > 0) lost.push(field);
    // An id is seen elsewhere, too; what tells of an event is what else it says.
    if (difference && shownAs.size === 0 && !isId(field))
      for (const name of firstDifference(dialect, difference.run, difference.variant)) shownAs.add(name);
  }
  return { shownAs: [...shownAs].sort(), lost };
}

/** Whether the time of events is written. */
export function keepsTime(dialect: WrittenDialect): boolean {
  return runs.slice(0, RUNS_OF_A_TYPE).some((run) => {
    const later = run.map((event) => ('ts' in event ? { ...event, ts: event.ts + 1 } : event));
    return textOf(dialect, run) !== textOf(dialect, later);
  });
}

/** The fields of an event besides its envelope and its time. */
export function fieldsOf(type: RunEventType): string[] {
  return Object.keys(eventFields[type]).filter((name) => name !== 'ts' && name !== 'from_seq');
}

function runsWith(type: RunEventType): Events[] {
  const own = runs.filter((run) => run.some((event) => event.type === type)).slice(0, RUNS_OF_A_TYPE);
  if (own.length > 0) return own;
  // A correct run seldom has it: it is put in after the first event.
  const [event] = fc.sample(arbitraryOf[type], { seed: SEED, numRuns: 1 });
  return runs.slice(0, 3).map((run) => {
    const [first, ...rest] = run;
    const { run_id, epoch } = first!;
    return [
      first!,
      { ...event!, run_id, epoch, seq: 2 },
      ...rest.map((one) => ({ ...one, seq: one.seq + 1 })),
    ];
  });
}

/** The same run with another value of a field. */
function variants(run: Events, type: RunEventType, field: string): Events[] {
  const own = run.filter((event) => event.type === type) as unknown as Fields[];
  const present = own.map((event) => event[field]).filter((value) => value !== undefined);
  const withValue = (value: unknown) =>
    run.map((event) => (event.type === type ? { ...event, [field]: value } : event));
  const isOfNode = field === 'node_run_id' && !type.startsWith('node.');
  if (isOfNode) return present.length > 0 ? [withValue(undefined)] : [];
  if (isId(field) && present.length > 0) return [renamed(run, new Set(present.flat() as string[]))];
  const known = new Set(present.map((value) => JSON.stringify(value)));
  return otherValues(type, field)
    .filter((value) => !known.has(JSON.stringify(value)) || known.size > 1)
    .map(withValue);
}

const isId = (field: string): boolean => /_ids?$/.test(field) && field !== 'response_id';

function renamed(run: Events, ids: ReadonlySet<string>): Events {
  return run.map((event) => {
    const fields = Object.entries(event).map(([name, value]): [string, unknown] => {
      if (!isId(name)) return [name, value];
      if (Array.isArray(value))
        return [name, (value as string[]).map((one) => (ids.has(one) ? `${one}x` : one))];
      return [name, ids.has(value as string) ? `${value as string}x` : value];
    });
    return Object.fromEntries(fields) as unknown as RunEvent;
  });
}

const samples = new Map<RunEventType, Fields[]>();
function otherValues(type: RunEventType, field: string): unknown[] {
  let events = samples.get(type);
  if (!events) {
    events = fc.sample(arbitraryOf[type], { seed: SEED, numRuns: 60 });
    samples.set(type, events);
  }
  const values = events.map((event) => event[field]).filter((value) => value !== undefined);
  const distinct = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
  return distinct.slice(-OTHER_VALUES);
}

function framesOf({ encoder }: WrittenDialect, run: Events): Frame[][] {
  const made = encoder();
  return run.map((event) => made.encode(event));
}

function textOf(dialect: WrittenDialect, run: Events): string {
  return framesOf(dialect, run)
    .flat()
    .map(({ data }) => data)
    .join('\n');
}

const namesIn = ({ nameOf }: WrittenDialect, frames: readonly Frame[]): string[] =>
  frames.flatMap(({ data }) =>
    data === '[DONE]' ? [] : nameOf(JSON.parse(data) as Record<string, unknown>),
  );

/** What is written at events of this type, but for what is so only now and then, because something else was due. */
function namesOf(dialect: WrittenDialect, own: readonly Events[], type: RunEventType): string[] {
  const counts = new Map<string, number>();
  let events = 0;
  for (const run of own)
    for (const [at, frames] of framesOf(dialect, run).entries()) {
      if (run[at]!.type !== type || frames.length === 0) continue;
      events += 1;
      for (const name of new Set(namesIn(dialect, frames))) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  return [...counts].filter(([, count]) => count >= events * SELDOM).map(([name]) => name);
}

function firstDifference(dialect: WrittenDialect, run: Events, other: Events): string[] {
  const [frames, others] = [framesOf(dialect, run).flat(), framesOf(dialect, other).flat()];
  const at = others.findIndex(({ data }, index) => data !== frames[index]?.data);
  return namesIn(dialect, others.slice(at, at + 1));
}
