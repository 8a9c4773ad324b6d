import {
  closeConnection,
  startConnection,
  type ConnectionOptions,
} from '../../../client/src/library/index.js';
import { startConnection as startSignals } from '../../../client/src/library/signals.js';
import type { RunEvent } from '../../../src/protocol/run-event.js';
import { ClientSite } from '../../support/client-site.js';
import { newConversation } from '../../support/world.js';

/** @millrace/client, both of its forms, against a real server. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

/** Asks a model and notes every event. */
function ask(model_name: string, more: object = {}, options: Partial<ConnectionOptions> = {}) {
  const events: RunEvent[] = [];
  const states: string[] = [];
  const connection = startConnection({
    url: site.url,
    body: { model_name, user_prompt: 'hello', conversation_id: newConversation(), ...more },
    onEvent: (event) => events.push(event),
    onConnection: ({ kind }) => states.push(kind),
    ...options,
  } as ConnectionOptions);
  return { connection, events, states };
}
const textOf = ({ connection: { state } }: ReturnType<typeof ask>, kind = 'text') =>
  state.parts.map((part) => (part.kind === kind && 'text' in part ? part.text : '')).join('');
const isWhole = (events: readonly RunEvent[]) => {
  let last = 0;
  return events.every((event) => {
    const first = 'from_seq' in event ? (event.from_seq ?? event.seq) : event.seq;
    const follows = first === last + 1;
    last = event.seq;
    return follows;
  });
};

test('[API-06] plain, reasoning and tools: events in order, and what they fold to', async () => {
  const plain = ask('plain');
  expect(await plain.connection.accepted).toBe(plain.connection.runId);
  expect(await plain.connection.ended).toEqual({ kind: 'terminal' });
  expect(plain.connection.state).toMatchObject({ phase: 'completed', usage: { input_tokens: 10 } });
  expect(textOf(plain)).toBe('Hello wörld');
  expect(isWhole(plain.events)).toBe(true);

  const reasoning = ask('reasoning');
  await reasoning.connection.ended;
  expect([textOf(reasoning, 'reasoning'), textOf(reasoning)]).toEqual(['hmm ok', '答案']);

  const sum = ask('sum', { mcp_servers: ['builtin'] });
  await sum.connection.ended;
  expect(sum.connection.state.parts[1]).toMatchObject({
    kind: 'tool_call',
    input: { expression: '2+3' },
    result: { status: 'ok', content: '5' },
  });
});

test('[API-06] a refusal has its problem; an error of the model ends the run, with what had arrived', async () => {
  const refused = ask('nope');
  expect(await refused.connection.ended).toMatchObject({
    kind: 'refused',
    problem: { status: 400, code: 'unknown_model', retryable: false },
  });
  expect(await refused.connection.accepted).toBeUndefined();
  const broken = ask('cut');
  expect(await broken.connection.ended).toEqual({ kind: 'terminal' });
  expect(broken.connection.state).toMatchObject({ phase: 'failed', error: { code: 'upstream_cut' } });
  expect(textOf(broken)).toBe('Hello');
});

test('[API-06] after a cut it goes on behind the last event', async () => {
  const slow = ask(
    'slow',
    {},
    {
      onUpdate: (state) => {
        if (state.parts.length === 1 && slow.states.length === 2) site.network.cut();
      },
    },
  );
  await site.firstPiece();
  await slow.connection.accepted;
  while (!slow.states.includes('waiting')) await new Promise((resolve) => setTimeout(resolve, 5));
  await site.openai.release('gate', 3);
  expect(await slow.connection.ended).toEqual({ kind: 'terminal' });
  expect(textOf(slow)).toBe('one two three');
  expect(isWhole(slow.events)).toBe(true);
  expect(slow.states.slice(0, 5)).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
});

test('[API-06] closing stops the callbacks and nothing else; cancelling ends the run, also one that is not accepted yet', async () => {
  const left = ask('slow');
  await site.firstPiece();
  const runId = await left.connection.accepted;
  closeConnection(left.connection);
  expect(await left.connection.ended).toEqual({ kind: 'closed' });
  const heard = left.events.length;
  await site.openai.release('gate', 3);
  expect(await site.world.ended(runId!)).toMatchObject({ state: 'completed' });
  expect(left.events).toHaveLength(heard);

  const again = startConnection({ url: site.url, runId: runId! });
  await again.ended;
  expect(again.state.parts[0]).toMatchObject({ text: 'one two three' });

  const stopped = ask('stalled-after');
  await stopped.connection.cancel();
  expect(await stopped.connection.ended).toEqual({ kind: 'terminal' });
  expect(stopped.connection.state.phase).toBe('cancelled');
});

test('[API-06] another route, and headers that are made anew for each request', async () => {
  let asked = 0;
  const connection = startConnection({
    url: `${site.url}/`,
    path: '/api/chat/completions',
    body: { model_name: 'plain', user_prompt: 'hello' },
    idempotencyKey: newConversation(),
    headers: () => ({ 'x-request': String((asked += 1)) }),
  });
  expect(await connection.ended).toEqual({ kind: 'terminal' });
  expect(asked).toBe(1);
});

test('[API-06] as signals: a block for each part, each text by itself', async () => {
  const run = startSignals({
    url: site.url,
    body: { model_name: 'sum', user_prompt: 'hello', mcp_servers: ['builtin'] },
  });
  expect(await run.ended).toEqual({ kind: 'terminal' });
  const [said, call, result] = run.blocks.value;
  expect(run.blocks.value.map(({ kind }) => kind)).toEqual(['text', 'tool_call', 'text']);
  expect(said?.kind === 'text' && [said.text.value, said.ended.value]).toEqual(['Let me see.', true]);
  expect(call?.kind === 'tool_call' && [call.name, call.args.value, call.view.value.result?.content]).toEqual(
    ['builtin__calculate', '{"expression":"2+3"}', '5'],
  );
  expect(result?.kind === 'text' && result.text.value).toBe('It is 5.');
  expect(run.summary.value).toMatchObject({ phase: 'completed', usage: { input_tokens: 20 } });
  expect(run.end.value).toEqual({ kind: 'terminal' });
});

test('[API-06] heartbeats while a tool works in silence keep the connection', async () => {
  const silent = ask('silent', { mcp_servers: ['everything'] });
  await silent.connection.ended;
  expect(textOf(silent)).toBe('Done.');
  expect(silent.states).toEqual(['connecting', 'open']);
});
