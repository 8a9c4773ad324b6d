import { scripts } from '../support/scripted-openai/index.js';
import { memoryOf, memoryProbe } from '../support/server-memory.js';
import type { SseReader } from '../support/sse-client.js';
import { World } from '../support/world.js';

const KB = 1024;
const MB = 1024 * KB;
const STREAMS = 150;
const ENDED_RUNS = 500;
/** 1 MB of text, in pieces that differ. */
const PIECES = Array.from({ length: MB / 64 }, (_, index) => `${index} `.padEnd(64, 'some words '));

let world: World;
beforeAll(async () => {
  const env = { ...memoryProbe, DISCONNECT_GRACE_SECONDS: '0.2', LOG_RETENTION_SECONDS: '1' };
  world = await World.start(env, ['held', 'megabyte']);
  const { answer, done, finish, gate, hang, text, usage } = scripts;
  await world.openai.script('held', answer(text('one', ' two'), hang()));
  await world.openai.script('megabyte', answer(text(...PIECES), gate(), finish(), usage(), done()));
});
afterAll(() => world.stop());

const held = async () => (await memoryOf(world.server)).held;

async function open(count: number, one: () => Promise<SseReader>): Promise<SseReader[]> {
  const readers = await Promise.all(Array.from({ length: count }, one));
  await Promise.all(readers.map((reader) => reader.frame((item) => JSON.stringify(item).includes('two'))));
  return readers;
}

/** Until nothing is read and nothing works, and the logs are gone. */
async function leave(readers: readonly SseReader[]): Promise<void> {
  for (const reader of readers) reader.leave();
  for (let tries = 0; ; tries += 1) {
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text();
    const open = ['millrace_active_runs', 'millrace_open_streams'].map((name) => {
      const lines = [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
      if (lines.length === 0) throw new Error(`there is no ${name}`);
      return lines.reduce((sum, [, value]) => sum + Number(value), 0);
    });
    if (open.every((count) => count === 0)) break;
    if (tries === 200) throw new Error(`still open after 20 s: ${open.join(' runs, ')} streams`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
}

/** The goals are those of docs/decisions/0011-the-hot-path.md, which `npm run bench memory` measures closer. */
test('[P15] an open run with its reader holds less than 31 KB, a further reader less than 12 KB', async () => {
  const chat = () => world.chat({ model_name: 'held' });
  await leave(await open(STREAMS, chat));
  const before = await held();
  const runs = await open(STREAMS, chat);
  const withRuns = await held();
  const [{ runId }] = runs as [SseReader];
  const more = await open(STREAMS, () => world.follow(runId));
  const withReaders = await held();
  await leave([...runs, ...more]);
  const [run, reader] = [(withRuns - before) / STREAMS, (withReaders - withRuns) / STREAMS];
  console.log(`an open run ${(run / KB).toFixed(1)} KB, a further reader ${(reader / KB).toFixed(1)} KB`);
  expect(run).toBeLessThan(31 * KB);
  expect(reader).toBeLessThan(12 * KB);
}, 60_000);

test('[P15] an answer of 1 MB holds less than 3 MB while it is open, and nothing after its log', async () => {
  const answer = async () => {
    const before = await held();
    const stream = await world.chat({ model_name: 'megabyte' });
    while (!stream.text.includes(PIECES.at(-1)!)) await new Promise((resolve) => setTimeout(resolve, 20));
    const open = (await held()) - before;
    await world.openai.release();
    await stream.toEnd();
    await leave([stream]);
    return { open, after: (await held()) - before };
  };
  // The code that it takes is compiled in the first.
  await answer();
  const { open, after } = await answer();
  console.log(`1 MB: ${(open / MB).toFixed(2)} MB, then ${(after / KB).toFixed(0)} KB`);
  expect(open).toBeLessThan(3 * MB);
  expect(after).toBeLessThan(200 * KB);
}, 60_000);

test('[P15] runs that have ended leave nothing in memory', async () => {
  const ask = async (count: number) => {
    for (let at = 0; at < count; at += 20) await Promise.all(Array.from({ length: 20 }, () => world.ask({})));
    await leave([]);
    return held();
  };
  const all = [await ask(ENDED_RUNS), await ask(ENDED_RUNS), await ask(ENDED_RUNS)] as const;
  // Code that is compiled meanwhile, or forgotten, is some 100 KB in one of the two; what runs leave is in both.
  const each = Math.min(all[1] - all[0], all[2] - all[1]) / ENDED_RUNS;
  console.log(`a run that has ended: ${each.toFixed(0)} bytes`);
  // The log of one, or what worked for it, is several KB.
  expect(each).toBeLessThan(1500);
}, 60_000);
