import { readFileSync } from 'node:fs';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { memoryOf, memoryProbe } from '../support/server-memory.js';
import type { SseReader } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const MB = 1024 * 1024;
const READERS = 20;
/** 13 MB of text, in pieces that differ. Chinese, because a character of it takes the most memory. */
const PIECES = Array.from({ length: 1300 }, (_, index) => `${index} `.padEnd(3413, '词语。'));

let world: World;
beforeAll(async () => {
  world = await World.start(memoryProbe, ['large', 'warm']);
  const { answer, done, finish, gate, text, usage } = scripts;
  await world.openai.script('warm', answer(text(...PIECES), finish(), usage(), done()));
  await world.openai.script('large', answer(gate(), text(...PIECES), finish(), usage(), done()));
}, 60_000);
afterAll(() => world.stop());

const memory = () => memoryOf(world.server);
const inMb = (bytes: number) => `${(bytes / MB).toFixed(2)} MB`;

async function gone(readers: readonly SseReader[]): Promise<void> {
  for (const reader of readers) reader.leave();
  await new Promise((resolve) => setTimeout(resolve, 300));
}

test('[SSE-09] [P15] a reader that takes nothing costs less than 1 MB, live or late, and others read on', async () => {
  const warm = await world.chat({ model_name: 'warm', conversation_id: newConversation() });
  await warm.toEnd();

  const conversation_id = newConversation();
  const first = await world.chat({ model_name: 'large', conversation_id });
  const stalledLive = await Promise.all(
    Array.from({ length: READERS }, () => world.follow(first.runId, '', {}, undefined, true)),
  );
  const began = performance.now();
  await world.openai.release();
  const frames = await first.toEnd();
  console.log(`13 MB beside ${READERS} stalled readers: ${(performance.now() - began).toFixed(0)} ms`);
  const { state } = checkHistory([frames], (await world.rounds(conversation_id))[0]?.messages);
  expect(textsOf(state)[0]).toBe(PIECES.join(''));

  const withLive = await memory();
  // One of them wakes up, and has missed nothing.
  const [woken, ...others] = stalledLive;
  woken!.read();
  checkHistory([frames, await woken!.toEnd()]);
  await gone(others);
  const withoutLive = await memory();
  const live = (withLive.held - withoutLive.held) / READERS;

  const stalledLate = await Promise.all(
    Array.from({ length: READERS }, () => world.follow(first.runId, '', {}, undefined, true)),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  const withLate = await memory();
  await gone(stalledLate);
  const withoutLate = await memory();
  const late = (withLate.held - withoutLate.held) / READERS;

  console.log(
    `a stalled reader holds ${inMb(live)} (live), ${inMb(late)} (late); ` +
      `resident: ${inMb(withLive.rss)} with, ${inMb(withoutLive.rss)} without`,
  );
  expect(live).toBeLessThan(MB);
  expect(late).toBeLessThan(MB);
  const status = readFileSync(`/proc/${world.server.process.pid}/status`, 'utf8');
  console.log(`peak resident set: ${/VmHWM:\s*(\d+ kB)/.exec(status)?.[1]}`);
}, 120_000);
