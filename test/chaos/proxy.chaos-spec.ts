import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../support/fault-proxy.js';
import { calling, saying, thinking } from './answers.js';
import { Chat } from './chat.js';
import { checkChat, type Outcome } from './check-chat.js';
import { isLong, scenario, type Counts, type Round } from './dose.js';
import { Random } from './random.js';
import { report } from './report.js';
import { LINKS, Stage } from './stage.js';
import { Traffic } from './traffic.js';

const short = saying('short', 30, 10);
const kinds = [
  short,
  saying('long', 200, 30),
  saying('fast', 400, 4, 100),
  thinking('thinking', 40, 60, 20),
  calling('calling', 40, 20),
];
/** What faults hit. One on the way to the model fails every answer that is being given: seldom, so that most go through all the others. */
const TARGETS = LINKS.flatMap((link) => (link === 'model' ? [link] : [link, link, link]));
/** Every wait has an end that a test can wait for. */
const env = {
  SSE_HEARTBEAT_SECONDS: '2',
  MODEL_FIRST_CHUNK_SECONDS: '5',
  MODEL_GAP_SECONDS: '5',
  TOOL_SECONDS: '5',
  RUN_SECONDS: '60',
};
/** Connections that are kept for the next use: of the database, the model, the tools. */
const POOLED = 15;
const PATIENCE_MS = 90_000;

/** What can happen to a connection. */
const faults: Readonly<Record<string, (proxy: FaultProxy, random: Random) => void>> = {
  latency: (proxy, random) => proxy.impose({ latencyMs: random.int(10, 300), jitterMs: random.int(0, 300) }),
  bandwidth: (proxy, random) => proxy.impose({ bytesPerSecond: random.int(500, 20_000) }),
  pieces: (proxy, random) => proxy.impose({ pieceBytes: random.int(1, 30) }),
  stall: (proxy, random) =>
    proxy.impose({ stalled: random.pick([['up'], ['down'], ['up', 'down']] as const) }),
  'half-open': (proxy) => proxy.impose({ swallows: true }),
  cut: (proxy, random) => proxy.cut(random.pick(['fin', 'rst'])),
  'cut later': (proxy, random) =>
    proxy.impose({
      cutAfter: {
        bytes: random.int(1, 8000),
        direction: random.pick(['up', 'down']),
        how: random.pick(['fin', 'rst']),
      },
    }),
  refusal: (proxy) => proxy.impose({ refuses: true }),
  flapping: (proxy, random) => proxy.flap(random.int(50, 600), random.int(20, 300)),
};

/** One fault after the other, on one or two connections at a time, each for a random while. */
async function disturb(stage: Stage, random: Random, count: number): Promise<void> {
  for (let fault = 0; fault < count; fault += 1) {
    const links = random.chance(0.3) ? [random.pick(TARGETS), random.pick(TARGETS)] : [random.pick(TARGETS)];
    for (const link of links) faults[random.pick(Object.keys(faults))]!(stage.proxies[link]!, random);
    await sleep(random.int(100, 3000));
    for (const link of links) stage.proxies[link]!.impose();
    await sleep(random.int(0, 700));
  }
}

function endsWell({ state, lostCharacters }: Outcome): void {
  if (state === 'cancelled') throw new Error('a chat is cancelled, and nobody did');
  if (lostCharacters > 0) throw new Error(`${lostCharacters} characters that were seen are not kept`);
}

/** Waits until an instance holds no more than before. */
async function settles(stage: Stage, index: number, before: Record<string, number>): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const now = await stage.holdings(index).catch(() => null);
    const { runs = 1, streams = 1, files = 0, sockets = 0 } = now ?? {};
    if (
      runs === 0 &&
      streams === 0 &&
      files <= before['files']! + 2 &&
      sockets <= before['sockets']! + POOLED
    )
      return;
    if (Date.now() > until)
      throw new Error(`instance ${index} holds ${JSON.stringify(now)} after ${JSON.stringify(before)}`);
    await sleep(250);
  }
}

async function storm(
  stage: Stage,
  { random }: Round,
  base: readonly Record<string, number>[],
  count: number,
): Promise<Counts> {
  const traffic = new Traffic({ stage, random: random.fork(), atOnce: 12, speed: 5, expects: endsWell });
  await disturb(stage, random, count);
  await traffic.finish();
  try {
    for (const [index, before] of base.entries()) await settles(stage, index, before);
    const fresh = new Chat(stage, random, { kind: short, speed: 5 });
    await fresh.over();
    const { state } = await checkChat(fresh, stage);
    if (state !== 'completed') throw new Error(`a fresh chat is ${state}`);
    for (const { url } of stage.instances) {
      const { status } = await fetch(`${url}/health/ready`);
      if (status !== 200) throw new Error(`${url} is not ready`);
    }
  } catch (error) {
    traffic.violations.push({ error: error as Error });
  }
  const held = await Promise.all(base.map((_, index) => stage.holdings(index)));
  return report(stage, traffic.violations, {
    faults: count,
    ...traffic.counts,
    'most sockets': Math.max(...held.map(({ sockets = 0 }) => sockets)),
    'most MB': Math.max(...held.map(({ megabytes = 0 }) => megabytes)),
  });
}

scenario(
  {
    scenario: 'proxy',
    title:
      '[P1] [P2] [P3] [P6] [P20] whatever breaks between readers, instances, model, tools and stores, every run ends and all agree',
    brief: 1,
    needsRedis: true,
  },
  (rounds) =>
    Stage.with({ kinds, env, random: new Random(1), instances: 2, proxied: true }, async (stage) => {
      const warmUp = new Traffic({ stage, random: new Random(2), atOnce: 5, more: 0, expects: endsWell });
      await warmUp.finish();
      const base = await Promise.all([0, 1].map((index) => stage.holdings(index)));
      await rounds((round) => storm(stage, round, base, isLong ? 20 : 8));
    }),
);
