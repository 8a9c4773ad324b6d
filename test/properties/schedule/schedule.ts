import fc from 'fast-check';
import { arbitraryEvent, arbitraryRun } from '../../../src/protocol/run-event.arbitrary.js';
import { isTerminal, type RunEvent, type RunEventBody } from '../../../src/protocol/run-event.js';

/** Where a reader that comes from somewhere says that it was. */
export type CursorKind = 'start' | 'valid' | 'old' | 'ahead' | 'other-epoch' | 'garbage' | 'other-run';

/** How a position is said: whole, or as a bare seq. */
export type Form = 'position' | 'bare';

/** One connection of a reader. */
export interface Connection {
  /** Which instance serves it. */
  on: number;
  form: Form;
  /** How many events one read of the log takes. */
  limit: number;
}

export interface Cut {
  /** Where in the bytes of what is read next, the end included. */
  at: number;
  how: 'reset' | 'end';
}

export type Act =
  | { do: 'append'; events: number }
  | { do: 'join'; cursor: CursorKind; pick: number; connection: Connection }
  /** A reader reads once; one without a connection resumes first. */
  | { do: 'read'; reader: number; connection: Connection; cut: Cut | null }
  | { do: 'trim'; on: number; pick: number }
  /** Another writer takes the run over and goes on. */
  | { do: 'fence'; on: number }
  /** The log is lost, and another writer goes on with what a checkpoint held: all but the last `lost` events. */
  | { do: 'lose'; on: number; lost: number }
  | { do: 'drop'; on: number }
  /** A writer that was taken for dead goes on writing. */
  | { do: 'zombie'; events: number }
  | { do: 'recover'; on: number }
  /** The run ends; its owner may die between the commit and the terminal event. */
  | { do: 'end'; how: 'completed' | 'failed' | 'cancelled'; dies: boolean }
  /** The retention time of an ended run is over. */
  | { do: 'expire' };

export interface Schedule {
  /** What the run says, in order; used up by `append`. */
  script: readonly RunEventBody[];
  /** The script makes sense: every part begins, and ends once. */
  wellFormed: boolean;
  acts: readonly Act[];
}

const on = fc.nat(1);
const connection: fc.Arbitrary<Connection> = fc.record({
  on,
  form: fc.constantFrom<Form>('position', 'position', 'bare'),
  limit: fc.oneof(fc.constant(4), fc.integer({ min: 1, max: 12 })),
});
const cut: fc.Arbitrary<Cut | null> = fc.option(
  fc.record({ at: fc.nat(), how: fc.constantFrom<Cut['how']>('reset', 'end') }),
  { freq: 2, nil: null },
);
const cursorKind = fc.constantFrom<CursorKind>(
  'start',
  'valid',
  'valid',
  'old',
  'ahead',
  'other-epoch',
  'garbage',
  'other-run',
);

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('append' as const), events: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 14,
    arbitrary: fc.record({ do: fc.constant('read' as const), reader: fc.nat(5), connection, cut }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      cursor: cursorKind,
      pick: fc.nat(),
      connection,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trim' as const), on, pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fence' as const), on }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('zombie' as const), events: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), on, lost: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), on }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recover' as const), on }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      how: fc.constantFrom('completed' as const, 'failed' as const, 'cancelled' as const),
      dies: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
);

const script = fc.oneof(
  { weight: 3, arbitrary: arbitraryRun.map((run) => ({ script: bodiesOf(run), wellFormed: true })) },
  {
    weight: 1,
    arbitrary: fc
      .array(arbitraryEvent, { minLength: 5, maxLength: 40 })
      .map((events) => ({ script: bodiesOf(events), wellFormed: false })),
  },
);

export const schedule: fc.Arbitrary<Schedule> = fc
  .record({ script, acts: fc.array(act, { minLength: 8, maxLength: 36 }) })
  .map(({ script: one, acts }) => ({ ...one, acts }));

/** Without what a run's writer adds: the envelope, and the end. */
function bodiesOf(events: readonly RunEvent[]): RunEventBody[] {
  return events
    .filter((event) => !isTerminal(event))
    .map((event) => {
      const { v: _v, run_id: _run, epoch: _epoch, seq: _seq, ...rest } = event;
      const { ts: _ts, from_seq: _from, ...body } = rest as typeof rest & { ts?: number; from_seq?: number };
      return body;
    });
}
