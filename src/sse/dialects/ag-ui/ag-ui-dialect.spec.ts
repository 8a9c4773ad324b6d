import { HttpAgent, type Message } from '@ag-ui/client';
import { HttpAgent as OldHttpAgent } from '@ag-ui/client-0.0';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { accumulateAgUi, type AgUiMessage } from '../../../../test/support/ag-ui-accumulator.js';
import { bytes, itIsAFold } from '../../../../test/support/dialect-properties.js';
import { recordedRuns } from '../../../../test/support/recorded-runs.js';
import type { RunEvent } from '../../../protocol/run-event.js';
import { arbitraryRun } from '../../../protocol/run.arbitrary.js';
import { applyEvent } from '../../../protocol/apply-event.js';
import { emptyRunState } from '../../../protocol/run-state.js';
import { snapshotOf } from '../../../run/snapshot.js';
import type { Frame } from '../dialect.js';
import { agUiDialect } from './ag-ui-dialect.js';
import type { AgUiStreamOptions } from './ag-ui-encoder.js';

const question: AgUiMessage = { id: 'question', role: 'user', content: 'Hi' };
const framesOf = (events: readonly RunEvent[], options: AgUiStreamOptions = {}) => {
  const encoder = agUiDialect({ before: [question], ...options }).encoder();
  return events.flatMap((event) => encoder.encode(event));
};

const clients = [
  { generation: '1.0', Agent: HttpAgent, isLegacy: false },
  { generation: '0.0.59', Agent: OldHttpAgent as unknown as typeof HttpAgent, isLegacy: true },
];

/** What a real client makes of these frames, and what it complains about. */
async function readByClient(Agent: typeof HttpAgent, frames: readonly Frame[]) {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const errors: string[] = [];
  let outcome: unknown;
  const agent = new Agent({
    url: 'http://any',
    initialMessages: [question as Message],
    fetch: () =>
      Promise.resolve(new Response(bytes(frames), { headers: { 'content-type': 'text/event-stream' } })),
  });
  await agent.runAgent(
    {},
    {
      onRunErrorEvent: ({ event }) => void errors.push(event.message),
      onRunFinishedEvent: ({ event }) => void (outcome = event.outcome),
    },
  );
  const warnings = warn.mock.calls.map(([text]) => String(text));
  warn.mockRestore();
  return { messages: JSON.parse(JSON.stringify(agent.messages)) as AgUiMessage[], errors, outcome, warnings };
}

describe('the AG-UI dialect', () => {
  itIsAFold({
    dialect: agUiDialect({ before: [question] }),
    fold: (frames) => accumulateAgUi(frames, [question]),
  });

  describe.each(clients)('read by @ag-ui/client $generation', ({ Agent, isLegacy }) => {
    test.each(recordedRuns())(
      '[AGUI-01] the recorded run "%s" is what we mean it to be',
      async (_name, events) => {
        const frames = framesOf(events, { isLegacy });
        const ours = accumulateAgUi(frames, [question]);
        const theirs = await readByClient(Agent, frames);
        expect(theirs.warnings).toEqual([]);
        expect(theirs.messages).toEqual(ours.messages);
        const end = ours.ends.at(-1)!;
        expect(theirs.errors).toEqual(end.type === 'RUN_ERROR' ? [end['message']] : []);
        expect(theirs.outcome).toEqual(end['outcome']);
      },
    );

    test('[AGUI-01] any run is read without an error', () =>
      fc.assert(
        fc.asyncProperty(arbitraryRun, async (events) => {
          const frames = framesOf(events, { isLegacy });
          const ours = accumulateAgUi(frames, [question]);
          const theirs = await readByClient(Agent, frames);
          expect(theirs.warnings).toEqual([]);
          expect(theirs.messages).toEqual(ours.messages);
        }),
        { numRuns: 30 },
      ));
  });

  test('[AGUI-03] a snapshot, wherever it comes, brings the client to the same messages', () =>
    fc.assert(
      fc.property(arbitraryRun, fc.nat(), fc.nat(), (events, first, second) => {
        const [sent, at] = [first % events.length, second % events.length].toSorted((a, b) => a - b) as [
          number,
          number,
        ];
        fc.pre(at > 0);
        const state = emptyRunState(events[0]!.run_id);
        for (const event of events.slice(0, at)) applyEvent(state, event);
        const encoder = agUiDialect({ before: [question] }).encoder();
        const items = [...events.slice(0, sent), snapshotOf(state, 1, 'lost'), ...events.slice(at)];
        const seen = accumulateAgUi(
          items.flatMap((item) => encoder.encode(item)),
          [question],
        );
        const whole = accumulateAgUi(framesOf(events), [question]);
        // Clients keep reasoning that a snapshot without any cannot take back.
        const isVoid = events.some((event) => event.type === 'step.reset');
        const shown = (messages: readonly AgUiMessage[]) =>
          contentsOf(messages.filter(({ role }) => !isVoid || role !== 'reasoning'));
        expect(shown(seen.messages)).toEqual(shown(whole.messages));
        expect(seen.ends.at(-1)).toEqual(whole.ends.at(-1));
      }),
      { numRuns: 200 },
    ));
});

/** The order of what streams side by side is not the snapshot's, nor within one message that of its parts. */
function contentsOf(messages: readonly AgUiMessage[]): string[] {
  return messages
    .map(({ content, toolCalls, ...message }) =>
      JSON.stringify([
        Object.entries(message).toSorted(),
        typeof content === 'string' ? [...content].toSorted().join('') : content,
        toolCalls?.map((call) => JSON.stringify(call)).toSorted(),
      ]),
    )
    .toSorted();
}
