import fc from 'fast-check';
import { eventFields } from './event-fields.js';
import { arbitraryEvent, arbitraryEvents, arbitraryRun } from './run-event.arbitrary.js';
import type { RunEvent, RunEventType } from './run-event.js';
import { isDelta, isTerminal, runEvent } from './run-event.js';

const types = runEvent.options.map((option) => option.shape.type.value);

describe('the union of run events', () => {
  it.each(types)('takes what its arbitrary makes: %s', (type) => {
    fc.assert(fc.property(arbitraryEvents[type], (event) => expect(runEvent.parse(event)).toEqual(event)));
  });

  it('has one arbitrary and one table of fields for each type', () => {
    expect(Object.keys(arbitraryEvents).sort()).toEqual([...types].sort());
    expect(Object.keys(eventFields).sort()).toEqual([...types].sort());
  });

  it.each(runEvent.options.map((option) => [option.shape.type.value, option.shape] as const))(
    'names the same fields in the table of %s',
    (type, shape) => {
      const envelope = ['type', 'v', 'run_id', 'epoch', 'seq'];
      const fields = Object.keys(shape).filter((name) => !envelope.includes(name));
      expect(Object.keys(eventFields[type]).sort()).toEqual(fields.sort());
    },
  );

  it('stamps every event but a delta with its time', () => {
    fc.assert(fc.property(arbitraryEvent, (event) => expect('ts' in event).toBe(!isDelta(event))));
  });

  it('knows the four ends of a run', () => {
    const terminal = types.filter((type) => isTerminal({ type }));
    expect(terminal).toEqual(['run.completed', 'run.failed', 'run.cancelled', 'run.interrupted']);
  });
});

describe('the checks of a reader', () => {
  const strange = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'x',
      'assistant',
      -1,
      0,
      1,
      1.5,
      2 ** 53,
      true,
      [],
      [''],
      ['x'],
      {},
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );

  it('agree with the schema on every field of every type, right or wrong', () => {
    const mutated = arbitraryEvent.chain((event) =>
      fc.record({
        event: fc.constant(event),
        name: fc.constantFrom(...Object.keys(eventFields[event.type])),
        value: strange,
      }),
    );
    fc.assert(
      fc.property(mutated, ({ event, name, value }) => {
        const changed = { ...event, [name]: value };
        expect(passes(changed, event.type)).toBe(runEvent.safeParse(changed).success);
      }),
      { numRuns: 2000 },
    );
  });

  function passes(event: Record<string, unknown>, type: RunEventType): boolean {
    return Object.entries(eventFields[type]).every(([name, check]) => check(event[name]));
  }
});

describe('an arbitrary run', () => {
  it('is a well-formed log', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => expect(faultsOf(run)).toEqual([])),
      { numRuns: 300 },
    );
  });

  it('is made of valid events', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        for (const event of run) expect(runEvent.parse(event)).toEqual(event);
      }),
      { numRuns: 50 },
    );
  });

  it('takes every type of event', () => {
    const seen = new Set(
      fc.sample(arbitraryRun, { numRuns: 1000, seed: 1 }).flatMap((run) => run.map((e) => e.type)),
    );
    expect([...seen].sort()).toEqual([...types].sort());
  });
});

/** What is wrong with a log, in words: the rules of docs/protocol.md. */
function faultsOf(run: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const open = new Map<string, string>();
  run.forEach((event, index) => {
    if (event.seq !== index + 1) faults.push(`seq ${event.seq} at ${index}`);
    if (isTerminal(event) !== (index === run.length - 1)) faults.push(`${event.type} at ${index}`);
    if (event.type === 'step.reset') {
      for (const [key, step] of open) if (step === event.step_id) open.delete(key);
      return;
    }
    const key = partOf(event);
    if (key === null) return;
    if (event.type.endsWith('.started')) {
      if (open.has(key)) faults.push(`${key} began twice`);
      open.set(key, 'step_id' in event && event.step_id !== undefined ? event.step_id : '');
    } else if (!open.has(key)) faults.push(`${event.type} without ${key}`);
    if (event.type.endsWith('.ended') || event.type === 'tool_result') open.delete(key);
  });
  return [...faults, ...[...open.keys()].map((key) => `${key} is open at the end`)];
}

function partOf(event: RunEvent): string | null {
  if ('part_id' in event) return `part ${event.part_id}`;
  if ('tool_call_id' in event) return `call ${event.tool_call_id}`;
  if (event.type.startsWith('message.') && 'message_id' in event) return `message ${event.message_id}`;
  if (event.type.startsWith('node.') && 'node_run_id' in event) return `node ${event.node_run_id}`;
  return null;
}
