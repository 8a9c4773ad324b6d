import { setTimeout as sleep } from 'node:timers/promises';
import { calling, saying, thinking } from './answers.js';
import type { Outcome } from './check-chat.js';
import { isLong, scenario, type Counts, type Round } from './dose.js';
import { Random } from './random.js';
import { report } from './report.js';
import { Stage } from './stage.js';
import { Traffic } from './traffic.js';

const kinds = [
  saying('short', 30, 10),
  saying('steady', 120, 40),
  saying('fast', 800, 4, 100),
  thinking('thinking', 40, 60, 30),
  calling('calling', 40, 30),
];
/** A third of the watchdog of readers whose clocks run five times as fast. */
const env = { SSE_HEARTBEAT_SECONDS: '2' };

interface Killing {
  kills: number;
  pauseMs: [number, number];
  expects: (outcome: Outcome) => void;
}

/** Kills instances at random moments while chats go on, waits until every chat has ended, and looks at all of them. */
async function killing(
  stage: Stage,
  { random }: Round,
  { kills, pauseMs, expects }: Killing,
): Promise<Counts> {
  const traffic = new Traffic({ stage, random: random.fork(), atOnce: 10, speed: 5, expects });
  let starting = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(random.int(...pauseMs));
    const index = random.int(0, stage.count - 1);
    await stage.kill(index);
    const began = performance.now();
    await stage.startInstance(index);
    starting += performance.now() - began;
  }
  await traffic.finish();
  return report(stage, traffic.violations, {
    kills,
    'ms starting': starting,
    ...traffic.counts,
    'most characters lost': traffic.most('lostCharacters', 'interrupted'),
    'most ms lost': traffic.most('lostMs', 'interrupted'),
    'most ms until interrupted': traffic.most('endedAfterMs', 'interrupted'),
  });
}

function endsWell({ state }: Outcome): void {
  if (state !== 'completed' && state !== 'interrupted') throw new Error(`the chat is ${state}`);
}

scenario(
  {
    scenario: 'kill alone',
    title: '[P1] [P3] [P5] [P7] [P8] [P9] the one instance with SQLite is killed at random moments',
    brief: 1,
    share: 1 / 3,
  },
  (rounds) =>
    Stage.with({ kinds, env, random: new Random(1) }, (stage) =>
      rounds((round) =>
        killing(stage, round, {
          kills: isLong ? 10 : 6,
          pauseMs: [200, 3000],
          expects: (outcome) => {
            endsWell(outcome);
            const { lostCharacters, lostMs } = outcome;
            if (lostCharacters > 4096 && lostMs > 2000)
              throw new Error(`${lostCharacters} characters of ${lostMs} ms are lost`);
          },
        }),
      ),
    ),
);

scenario(
  {
    scenario: 'kill shared',
    title:
      '[P1] [P3] [P5] [P8] [P9] instances with PostgreSQL and Redis are killed at random moments, and no word is lost',
    brief: 1,
    share: 2 / 3,
    needsRedis: true,
  },
  (rounds) =>
    Stage.with({ kinds, env, random: new Random(1), instances: 2 }, (stage) =>
      rounds((round) =>
        killing(stage, round, {
          kills: isLong ? 10 : 4,
          pauseMs: [500, 5000],
          expects: (outcome) => {
            endsWell(outcome);
            if (outcome.lostCharacters > 0) throw new Error(`${outcome.lostCharacters} characters lost`);
          },
        }),
      ),
    ),
);
