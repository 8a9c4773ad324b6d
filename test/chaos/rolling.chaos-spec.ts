import { setTimeout as sleep } from 'node:timers/promises';
import { saying } from './answers.js';
import type { Outcome } from './check-chat.js';
import { isLong, scenario, type Counts, type Round } from './dose.js';
import { Random } from './random.js';
import { report } from './report.js';
import { Stage } from './stage.js';
import { Traffic } from './traffic.js';

/** The balancer sees within a moment that an instance is not ready; a real one takes longer. */
const DRAIN = { DRAIN_DELAY_SECONDS: '1', SSE_HEARTBEAT_SECONDS: '2' };

/** Stops and starts one instance after the other, with streams that never cease. */
async function roll(
  stage: Stage,
  { random }: Round,
  atOnce: number,
  expects: (outcome: Outcome) => void,
): Promise<Counts> {
  const traffic = new Traffic({ stage, random: random.fork(), atOnce, speed: 5, expects });
  let longest = 0;
  for (let index = 0; index < stage.count; index += 1) {
    await sleep(random.int(1500, 3000));
    const began = performance.now();
    const code = await stage.terminate(index);
    longest = Math.max(longest, performance.now() - began);
    if (code !== 0) traffic.violations.push({ error: new Error(`instance ${index} exited with ${code}`) });
    await stage.startInstance(index);
  }
  await traffic.finish();
  return report(stage, traffic.violations, {
    stops: stage.count,
    ...traffic.counts,
    'most ms to stop': longest,
  });
}

scenario(
  {
    scenario: 'rolling within',
    title: '[P16] instances are replaced one by one under many streams: none is lost, none is interrupted',
    brief: 1,
    share: 1 / 2,
    needsRedis: true,
  },
  (rounds) => {
    const kinds = [saying('answer', 60, 100)];
    const env = { ...DRAIN, SHUTDOWN_SECONDS: '60' };
    return Stage.with({ kinds, env, random: new Random(1), instances: 2 }, (stage) =>
      rounds((round) =>
        roll(stage, round, isLong ? 100 : 40, ({ state }) => {
          if (state !== 'completed') throw new Error(`a chat is ${state}`);
        }),
      ),
    );
  },
);

scenario(
  {
    scenario: 'rolling beyond',
    title: '[P7] [P16] answers that outlast the drain are interrupted, with every word that was seen',
    brief: 1,
    share: 1 / 2,
    needsRedis: true,
  },
  (rounds) => {
    const kinds = [saying('answer', isLong ? 300 : 160, 50)];
    const env = { ...DRAIN, SHUTDOWN_SECONDS: '1' };
    return Stage.with({ kinds, env, random: new Random(1), instances: 2 }, (stage) =>
      rounds((round) =>
        roll(stage, round, isLong ? 40 : 16, ({ state, lostCharacters }) => {
          if (state !== 'completed' && state !== 'interrupted') throw new Error(`a chat is ${state}`);
          if (lostCharacters > 0) throw new Error(`${lostCharacters} characters that were seen are not kept`);
        }),
      ),
    );
  },
);
