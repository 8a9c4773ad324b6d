/**
 * How many streams of 50 chunks a second a system holds while 99 of 100 chunks are less than 50 ms on their way. The steps are climbed
 * in turn, so that what disturbs the machine disturbs all.
 *
 *   npm run bench most-streams
 */
import { atLeast, table } from './lib/report.js';
import { median } from './lib/rounds.js';
import { WARM_UP, warmUp, withTargets } from './lib/session.js';
import { timed } from './lib/stamps.js';

const RATE = 50;
const LIMIT_MS = 50;
const STEPS = {
  full: [100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 900, 1000],
  brief: [150, 300, 450, 600, 700, 800, 900, 1000],
};

export const mostStreams = {
  name: 'most-streams',
  shows:
    'The most streams of 50 chunks a second whose delays stay below 50 ms (99 of 100 chunks), while all are open: how they begin and end at once is not counted. Three climbs; the median counts.',
  async run({ only, brief }) {
    const peers =
      only.length > 0
        ? only
        : brief
          ? ['naive Nest', 'millrace native']
          : ['express', 'naive Nest', 'AI SDK', 'millrace native'];
    const seconds = brief ? 1.5 : 4;
    const steps = STEPS[brief ? 'brief' : 'full'];
    const models = steps.map((streams) => timed(streams, seconds, RATE).model);
    return withTargets({ models: [WARM_UP.model, ...models], only: peers }, async ({ targets, client }) => {
      await warmUp(client, targets);
      // Chunks that come by themselves take other ways than those that come in bulk: whoever never saw them compiles them now.
      await climbAll(targets, client, { seconds, steps: steps.slice(0, 1) });
      const held = new Map(targets.map(({ name }) => [name, []]));
      for (let climb = 0; climb < 3; climb += 1) {
        const reached = await climbAll(targets, client, { seconds, steps });
        for (const [name, streams] of reached) held.get(name).push(streams);
      }
      const most = (name) => median(held.get(name));
      const rows = targets.map(({ name }) => [name, most(name), held.get(name).join(', ')]);
      const own = 'millrace native';
      return {
        tables: [table('Streams held', ['', 'median', 'climbs'], rows)],
        checks: held.has(own)
          ? [atLeast('streams / raw relay', most(own) / most('raw relay'), 0.9, ' x')]
          : [],
      };
    });
  },
};

async function climbAll(targets, client, { seconds, steps }) {
  const reached = new Map(targets.map(({ name }) => [name, 0]));
  let climbing = targets;
  for (const streams of steps) {
    const { model, ...counted } = timed(streams, seconds, RATE);
    const able = [];
    for (const target of climbing) {
      const { url, headers } = target;
      const question = { do: 'paced', url, headers, body: target.body(model), streams, ...counted };
      const { p99, seen, wrong } = await client.ask(question);
      // A system that lets streams wait has fewer that are in time.
      const enough = 0.9 * streams * RATE * ((counted.untilMs - counted.fromMs) / 1000);
      if (wrong > 0 || seen < enough || p99 >= LIMIT_MS) continue;
      reached.set(target.name, streams);
      able.push(target);
    }
    climbing = able;
  }
  return reached;
}
