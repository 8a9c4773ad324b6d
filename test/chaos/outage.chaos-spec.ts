import { setTimeout as sleep } from 'node:timers/promises';
import { saying } from './answers.js';
import { Chat } from './chat.js';
import { checkChat } from './check-chat.js';
import { isLong, scenario, type Counts, type Round } from './dose.js';
import { Random } from './random.js';
import { report } from './report.js';
import { Stage } from './stage.js';
import type { Violation } from './traffic.js';

const CHATS = 20;
const OUTAGE_MS = isLong ? 10_000 : 2000;
/** Promised are 5 s; readers that had to wait longer and longer meanwhile may take as long again and more. */
const LONGEST_RETURN_MS = 20_000;
const answer = saying('answer', isLong ? 200 : 60, 100);

interface Outage {
  goes: (stage: Stage) => Promise<void> | void;
  returns: (stage: Stage) => Promise<void> | void;
}

const outages: Readonly<Record<string, Outage>> = {
  'redis frozen': {
    goes: ({ redis }) => redis!.signal('SIGSTOP'),
    returns: ({ redis }) => redis!.signal('SIGCONT'),
  },
  'redis killed': { goes: ({ redis }) => redis!.kill(), returns: ({ redis }) => redis!.start() },
  'database silent': {
    goes: ({ proxies }) => proxies.database!.impose({ stalled: ['up', 'down'] }),
    returns: ({ proxies }) => proxies.database!.impose(),
  },
  'database stopped': {
    goes: ({ postgres }) => postgres!.process.stop(),
    returns: ({ postgres }) => postgres!.process.start(),
  },
};

async function isReady(stage: Stage): Promise<boolean> {
  const answers = await Promise.all(
    stage.instances.map(({ url }) => fetch(`${url}/health/ready`).then(({ ok }) => ok)),
  );
  return answers.every(Boolean);
}

async function outlive(
  stage: Stage,
  { random }: Round,
  name: string,
  { goes, returns }: Outage,
): Promise<Counts> {
  const violations: Violation[] = [];
  const chats = Array.from({ length: CHATS }, () => new Chat(stage, random, { kind: answer }));
  await Promise.all(chats.map((chat) => chat.read()));
  await goes(stage);
  await sleep(OUTAGE_MS);
  await returns(stage);
  const backAt = Date.now();
  while (!(await isReady(stage))) await sleep(20);
  const readyMs = Date.now() - backAt;
  const readers = chats.flatMap((chat) => chat.readers).filter(({ end }) => end === undefined);
  const waits = await Promise.all(
    readers.map(async (reader) => {
      await reader.until(() => reader.lastItemAt > backAt);
      return Date.now() - backAt;
    }),
  );
  waits.sort((one, other) => one - other);
  const last = waits.at(-1) ?? 0;
  if (isLong && last > LONGEST_RETURN_MS)
    violations.push({ error: new Error(`${name}: the last reader goes on after ${last} ms`) });
  for (const chat of chats) {
    try {
      await chat.over();
      const { state } = await checkChat(chat, stage);
      if (state !== 'completed') throw new Error(`a chat is ${state}`);
    } catch (error) {
      violations.push({ chat, error: error as Error });
    }
  }
  return report(stage, violations, {
    [`most chats, ${name}`]: chats.length,
    [`most ms until ready, ${name}`]: readyMs,
    [`most ms until half of the readers go on, ${name}`]: waits[waits.length >> 1] ?? 0,
    [`most ms until the last reader goes on, ${name}`]: last,
  });
}

scenario(
  {
    scenario: 'outage',
    title:
      '[P6] [P20] Redis or PostgreSQL is away in mid-answer: every answer is whole, and goes on by itself',
    brief: 1,
    needsRedis: true,
  },
  (rounds) =>
    Stage.with({ kinds: [answer], random: new Random(1), instances: 2, proxied: true }, (stage) =>
      rounds(async (round) => {
        const counts: Counts = {};
        for (const [name, outage] of Object.entries(outages))
          Object.assign(counts, await outlive(stage, round, name, outage));
        return counts;
      }),
    ),
);
