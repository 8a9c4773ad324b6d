import fc from 'fast-check';
import { faultsOf } from '../../test/support/log-faults.js';
import { eventFields } from './event-fields.js';
import { arbitraryEvent, arbitraryEvents, arbitraryRun } from './run-event.arbitrary.js';
import type { RunEventType } from './run-event.js';
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
