import { EventSourceParserStream } from 'eventsource-parser/stream';
import { decodeFrame } from '../../../src/protocol/native-codec.js';
import type { RunEvent } from '../../../src/protocol/run-event.js';
import { applyEvent, emptyRunState } from '../../../src/protocol/run-state.js';
import { ClientSite } from '../../support/client-site.js';
import { cuttingFetch } from '../../support/cutting-fetch.js';
import { newConversation } from '../../support/world.js';

/** The native dialect read by a client that knows nothing but event streams: it posts, and after a cut posts again where it was. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

interface Read {
  events: RunEvent[];
  requests: number;
}

async function ask(body: object, fetches: (attempt: number) => typeof fetch = () => fetch): Promise<Read> {
  const events: RunEvent[] = [];
  let lastId: string | undefined;
  for (let requests = 1; ; requests += 1) {
    const response = await fetches(requests)(`${site.url}/api/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(lastId !== undefined && { 'last-event-id': lastId }),
      },
      body: JSON.stringify({ user_prompt: 'hello', ...body }),
    });
    const messages = response
      .body!.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    try {
      for await (const { id, data } of messages) {
        if (data === '[DONE]') return { events, requests };
        lastId = id ?? lastId;
        events.push(...(decodeFrame({ id, data }).events as RunEvent[]));
      }
    } catch {
      // The connection broke: the next request goes on.
    }
  }
}

const stateOf = ({ events }: Read) => {
  const state = emptyRunState(events[0]!.run_id);
  for (const event of events) applyEvent(state, event);
  return state;
};
const textOf = (read: Read) =>
  stateOf(read)
    .parts.map((part) => (part.kind === 'text' ? part.text : ''))
    .join('');

test('[RUN-03] a client of eventsource-parser reads an answer with tools', async () => {
  const read = await ask({ model_name: 'sum', mcp_servers: ['builtin'] });
  expect({ requests: read.requests, text: textOf(read) }).toEqual({
    requests: 1,
    text: 'Let me see.It is 5.',
  });
  expect(stateOf(read).phase).toBe('completed');
});

test('[RUN-03] after every frame it goes on where it was, with one model call for all', async () => {
  const whole = await ask({ model_name: 'reasoning', conversation_id: newConversation() });
  for (let frames = 1; frames < whole.events.length; frames += 1) {
    await site.openai.reset();
    const read = await ask({ model_name: 'reasoning', conversation_id: newConversation() }, (attempt) =>
      attempt === 1 ? cuttingFetch(frames) : fetch,
    );
    expect({ frames, requests: read.requests, text: textOf(read) }).toEqual({
      frames,
      requests: 2,
      text: textOf(whole),
    });
    const seqs = read.events.flatMap(({ seq, ...event }) =>
      'from_seq' in event ? [event.from_seq, seq] : [seq],
    );
    expect(seqs).toEqual(seqs.toSorted((a, b) => a! - b!));
    expect(await site.openai.requests()).toHaveLength(1);
  }
});

test('[RUN-03] a connection that breaks costs nothing', async () => {
  const asked = ask({ model_name: 'slow', conversation_id: newConversation() });
  await site.firstPiece();
  site.network.cut();
  await site.openai.release('gate', 3);
  expect(textOf(await asked)).toBe('one two three');
  expect(await site.openai.requests()).toHaveLength(1);
});
