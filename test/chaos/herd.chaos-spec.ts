import { FaultProxy } from '../support/fault-proxy.js';
import { held } from './answers.js';
import { Chat } from './chat.js';
import { checkChat } from './check-chat.js';
import { isLong, scenario, type Counts, type Round } from './dose.js';
import { Random } from './random.js';
import { report } from './report.js';
import { Stage } from './stage.js';
import type { Violation } from './traffic.js';

const CHATS = 20;
const READERS = isLong ? 1000 : 240;
/** Slow: it is the herd that is to be work, not the answers. */
const answer = held('answer', 10, 40, 250);

/** All readers lose their connections in the same moment, and come back. */
async function stampede(stage: Stage, { random }: Round, proxy: FaultProxy): Promise<Counts> {
  const violations: Violation[] = [];
  const options = { kind: answer, more: READERS / CHATS - 1, base: () => proxy.url };
  const chats = Array.from({ length: CHATS }, () => new Chat(stage, random, options));
  await Promise.all(chats.map((chat) => chat.read()));
  const readers = chats.flatMap((chat) => chat.readers);
  await Promise.all(readers.map((reader) => reader.until(() => reader.pace.length > 0)));
  const before = await stage.holdings(0);
  const cutAt = Date.now();
  proxy.cut();
  await stage.release(CHATS);
  const waits = await Promise.all(
    readers.map(async (reader) => {
      await reader.until(() => reader.openedAt > cutAt && reader.lastItemAt >= reader.openedAt);
      return reader.lastItemAt - cutAt;
    }),
  );
  const after = await stage.holdings(0);
  waits.sort((one, other) => one - other);
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
    readers: readers.length,
    'most ms until half are back': waits[waits.length >> 1]!,
    'most ms until 99 of 100 are back': waits[Math.floor(waits.length * 0.99)]!,
    'most ms until all are back': waits.at(-1)!,
    'most MB before': before['megabytes']!,
    'most MB after': after['megabytes']!,
  });
}

scenario(
  {
    scenario: 'herd',
    title:
      '[FAULT-35] [P1] [P4] [P15] readers that all reconnect at once get the rest: a thousand of them, or 240 in CI',
    brief: 1,
  },
  (rounds) =>
    Stage.with({ kinds: [answer], random: new Random(1) }, async (stage) => {
      const proxy = await FaultProxy.start(stage.instance(0).url);
      try {
        await rounds((round) => stampede(stage, round, proxy));
      } finally {
        await proxy.stop();
      }
    }),
);
