import { DefaultChatTransport, readUIMessageStream, type UIMessage } from 'ai';
import fc from 'fast-check';
import { accumulateUiMessage } from '../../../../test/support/ai-sdk-accumulator.js';
import { bytes, itIsAFold } from '../../../../test/support/dialect-properties.js';
import { recordedRuns } from '../../../../test/support/recorded-runs.js';
import type { RunEvent } from '../../../protocol/run-event.js';
import { arbitraryRun } from '../../../protocol/run.arbitrary.js';
import { applyEvent } from '../../../protocol/apply-event.js';
import { emptyRunState } from '../../../protocol/run-state.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import { messagesOfRun, nodesOfRun } from '../../../conversation/messages-of-run.js';
import { snapshotOf, storedState } from '../../../run/snapshot.js';
import type { Frame } from '../dialect.js';
import { aiSdkDialect } from './ai-sdk-dialect.js';

const framesOf = (events: readonly RunEvent[]) => {
  const encoder = aiSdkDialect().encoder();
  return events.flatMap((event) => encoder.encode(event));
};

/** What the AI SDK itself makes of these frames. */
async function readByTheSdk(frames: readonly Frame[]): Promise<{ message: UIMessage; errors: unknown[] }> {
  const fetch = () => Promise.resolve(new Response(bytes(frames)));
  const stream = await new DefaultChatTransport({ api: 'http://any', fetch }).reconnectToStream({
    chatId: 'any',
  });
  const errors: unknown[] = [];
  let message: UIMessage | undefined;
  for await (const one of readUIMessageStream({ stream: stream!, onError: (error) => errors.push(error) }))
    message = one;
  return { message: message!, errors };
}

/** The words that a message shows. */
const wordsOf = (parts: readonly { type: string; text?: string }[], type: string) =>
  parts.map((part) => (part.type === type ? part.text : '')).join('');

describe('the AI SDK dialect', () => {
  itIsAFold({ dialect: aiSdkDialect(), fold: accumulateUiMessage });

  test.each(recordedRuns())(
    '[AISDK-01] the SDK reads the recorded run "%s" as we mean it',
    async (_name, events) => {
      const frames = framesOf(events);
      const ours = accumulateUiMessage(frames);
      const { message, errors } = await readByTheSdk(frames);
      expect(errors.map((error) => (error as Error).message)).toEqual(
        ours.error === undefined ? [] : [ours.error],
      );
      expect(message.id).toBe(events[0]!.run_id);
      expect(message.metadata).toEqual(ours.metadata);
      expect(message.parts.map(({ type }) => type)).toEqual(ours.parts.map(({ type }) => type));
      for (const type of ['text', 'reasoning'])
        expect(wordsOf(message.parts, type)).toBe(wordsOf(ours.parts, type));
      for (const [at, part] of message.parts.entries())
        if ('state' in part) expect(part.state).toBe(ours.parts[at]?.state);
    },
  );

  test('[AISDK-01] the SDK reads any run without an error', () =>
    fc.assert(
      fc.asyncProperty(arbitraryRun, async (events) => {
        const frames = framesOf(events);
        const ours = accumulateUiMessage(frames);
        const { message, errors } = await readByTheSdk(frames);
        expect(errors).toHaveLength(ours.error === undefined ? 0 : 1);
        expect(wordsOf(message.parts, 'text')).toBe(wordsOf(ours.parts, 'text'));
      }),
      { numRuns: 30 },
    ));

  test('[AISDK-01] a snapshot, wherever it comes, brings the client to the same message', () =>
    fc.assert(
      fc.property(arbitraryRun, fc.nat(), fc.nat(), (events, first, second) => {
        const [sent, at] = [first % events.length, second % events.length].toSorted((a, b) => a - b) as [
          number,
          number,
        ];
        fc.pre(
          at > 0 &&
            !events.some((event) => event.type === 'node.started' || event.type === 'approval.required'),
        );
        const state = emptyRunState(events[0]!.run_id);
        for (const event of events.slice(0, at)) applyEvent(state, event);
        const encoder = aiSdkDialect().encoder();
        const items = [...events.slice(0, sent), snapshotOf(state, 1, 'lost'), ...events.slice(at)];
        const seen = accumulateUiMessage(items.flatMap((item) => encoder.encode(item)));
        const whole = accumulateUiMessage(framesOf(events));
        for (const type of ['text', 'reasoning', 'dynamic-tool'])
          expect(partsOf(seen.parts, type)).toEqual(partsOf(whole.parts, type));
        expect({ ...seen, parts: [], transient: [] }).toEqual({ ...whole, parts: [], transient: [] });
      }),
      { numRuns: 200 },
    ));

  test('[AISDK-01] a snapshot of stored messages tells nothing twice of an agent that called another', () => {
    const events = CALLING_AGENT;
    const { run_id } = events[0]!;
    const state = emptyRunState(run_id);
    for (const event of events.slice(0, -1)) applyEvent(state, event);
    const round = { messages: messagesOfRun(state), nodes: nodesOfRun(state) };
    const stored = snapshotOf(storedState({ id: run_id, model: 'm' }, round), 1, 'unknown');
    for (let sent = 3; sent < events.length; sent += 1) {
      const encoder = aiSdkDialect().encoder();
      const items = [...events.slice(0, sent), stored, events.at(-1)!];
      const { parts } = accumulateUiMessage(items.flatMap((item) => encoder.encode(item)));
      expect({ sent, text: wordsOf(parts, 'text') }).toEqual({ sent, text: 'First. Inside. Last.' });
    }
  });

  const chats = recordedRuns().filter(
    ([, events]) =>
      events.some(({ type }) => type === 'text.started') &&
      !events.some(({ type }) => type === 'node.started'),
  );
  test.each(chats)(
    '[AISDK-01] a snapshot of stored messages goes on with what the client has of the recorded run "%s"',
    (_name, events) => {
      const run_id = events[0]!.run_id;
      const state = emptyRunState(run_id);
      for (const event of events.slice(0, -1)) applyEvent(state, event);
      const stored = storedState({ id: run_id, model: 'm' }, { messages: messagesOfRun(state), nodes: [] });
      const shown = (items: readonly (RunEvent | RunSnapshot)[]) => {
        const encoder = aiSdkDialect().encoder();
        const { parts } = accumulateUiMessage(items.flatMap((item) => encoder.encode(item)));
        return parts.map(({ type, text, state, toolCallId }) => ({ type, text, state, toolCallId }));
      };
      const whole = shown(events);
      for (let sent = 1; sent < events.length; sent += 1) {
        const items = [...events.slice(0, sent), snapshotOf(stored, 1, 'unknown'), events.at(-1)!];
        expect({ sent, parts: shown(items) }).toEqual({ sent, parts: whole });
      }
    },
  );
});

/** The log of an agent that says something, calls another one that does, and says more. */
const CALLING_AGENT = [
  ['run.created', { mode: 'agent', model: 'm', agent_name: 'boss' }],
  ['run.started', { model: 'm' }],
  ...spoken('1', 'First. '),
  ['node.started', { node_run_id: 'n', node_name: 'helper', level: 1, attempt: 1 }],
  ...spoken('2', 'Inside. ', { node_run_id: 'n' }),
  ['node.ended', { node_run_id: 'n', node_name: 'helper', status: 'ok', duration_ms: 1 }],
  ...spoken('3', 'Last.'),
  ['run.completed', { finish_reason: 'stop' }],
].map(([type, fields], index) => {
  const envelope = { v: 1, run_id: '01M8AEV2ZE9MPGCFFR498Z2QGQ', epoch: 1, seq: index + 1, ts: 1 };
  return { ...envelope, type, ...(fields as object) } as RunEvent;
});

function spoken(id: string, delta: string, inNode: { node_run_id?: string } = {}): [string, object][] {
  const ids = { ...inNode, step_id: `step_${id}`, message_id: `message_${id}`, part_id: `part_${id}` };
  return [
    ['step.started', { ...ids, index: 0, attempt: 1, model: 'm' }],
    ['message.started', { ...ids, role: 'assistant' }],
    ['text.started', ids],
    ['text.delta', { ...ids, delta }],
    ['text.ended', ids],
    ['message.ended', ids],
    ['step.finished', { ...ids, finish_reason: 'stop' }],
  ];
}

const WITHOUT_OUTPUT = { output: undefined, preliminary: undefined };

/** The order of parts that stream side by side is not the snapshot's; nor the progress of a call that was denied after it. */
function partsOf(parts: readonly { type: string; id?: string }[], type: string): unknown[] {
  return parts
    .filter((part) => part.type === type)
    .map((part) => ({ ...part, ...('state' in part && part.state === 'output-denied' && WITHOUT_OUTPUT) }))
    .map((part) => JSON.stringify(part))
    .toSorted();
}
