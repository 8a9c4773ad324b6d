import { heapUsed, metrics, withPage } from './chromium.js';
import { median } from '../lib/rounds.js';

/** `before`: characters that are shown already. `keys`: somebody types meanwhile. Deltas have 4 characters on average. */
export const CASES = [
  { name: 'burst', language: 'en', before: 0, characters: 20_000, rate: 1000 },
  { name: 'long burst', language: 'en', before: 0, characters: 80_000, rate: 1000 },
  { name: 'burst', language: 'zh', before: 0, characters: 20_000, rate: 1000 },
  { name: 'long burst', language: 'zh', before: 0, characters: 80_000, rate: 1000 },
  { name: 'late', language: 'en', before: 40_000, characters: 4700, rate: 120, keys: true },
  { name: 'late', language: 'zh', before: 40_000, characters: 4700, rate: 120, keys: true },
  {
    name: 'late, CPU four times slower',
    language: 'en',
    before: 40_000,
    characters: 4700,
    rate: 120,
    keys: true,
    throttle: 4,
  },
  { name: 'code', language: 'ts', code: true, before: 0, characters: 12_000, rate: 1000 },
];
export const PAGES = ['millrace', 'react'];
/** Between two keys, as somebody types who types fast. */
const KEY_MS = 110;
/** What a design takes of the main thread; `task` is all of it. */
export const MEASURES = ['script', 'layout', 'task'];

export const nameOf = ({ name, language }) => `${name}, ${language}`;

/** Streams the same answers into the UI's renderer and into others. Durations are milliseconds of CPU for 1,000 deltas. */
export async function renderers({ browser, origin, rounds, only, say, targets }) {
  const asked = CASES.filter((one) => nameOf(one).includes(only));
  const answers = new Map(asked.map((one) => [nameOf(one), []]));
  // Cases are compared with one another, too, and a machine is faster in some minutes than in others: a round asks all of them.
  for (let round = 0; round < rounds; round += 1)
    for (const one of asked) answers.get(nameOf(one)).push(await askEach(one));
  for (const one of asked) tableOf(one, answers.get(nameOf(one)), say);
  judge(answers, targets);

  /** What each design costs beside the page without one, and how many times ours that is. */
  async function askEach(one) {
    const round = new Map();
    for (const page of PAGES)
      for (const name of await withPage(browser, `${origin}${page}.html`, designsOf))
        round.set(
          name,
          await withPage(browser, `${origin}${page}.html`, (tab, cdp) => measure(tab, cdp, name, one)),
        );
    const nothing = round.get('nothing');
    round.delete('nothing');
    for (const result of round.values())
      for (const key of [...MEASURES, 'heap']) result[key] = Math.max(0, result[key] - nothing[key]);
    const ours = round.get('millrace');
    for (const key of MEASURES) {
      if (ours[key] === 0)
        throw new Error(`The page without a renderer took more ${key}: too noisy to compare`);
      for (const result of round.values()) result[`${key}Against`] = result[key] / ours[key];
    }
    return round;
  }
}

function tableOf(one, rounds, say) {
  say(`\n### ${nameOf(one)}: ${one.characters} characters at ${one.rate} deltas/s\n`);
  say(
    '| design | script | layout + style | main thread | script against ours | frames dropped | tasks > 50 ms | heap kept, MB | key to paint, p95 ms |',
  );
  say('|---|---|---|---|---|---|---|---|---|');
  for (const name of rounds[0].keys()) {
    const result = mediansOf(rounds, name);
    const cells = [
      name,
      ...MEASURES.map((key) => result[key].toFixed(0)),
      result.scriptAgainst.toFixed(1),
      `${(result.dropped * 100).toFixed(1)} %`,
      result.longTasks,
      result.heap.toFixed(1),
      one.keys ? result.key.toFixed(0) : '',
    ];
    say(`| ${cells.join(' | ')} |`);
  }
}

/** The median of each measure of a design. */
function mediansOf(rounds, design) {
  const results = rounds.map((round) => round.get(design));
  return Object.fromEntries(
    Object.keys(results[0]).map((key) => [key, median(results.map((result) => result[key]))]),
  );
}

async function designsOf(tab) {
  await tab.waitForFunction('globalThis.bench !== undefined');
  return tab.evaluate('bench.designs');
}

/** Streams one case into a design of the open page. Durations are milliseconds of CPU for 1,000 deltas. */
export async function measure(tab, cdp, name, { rate, throttle = 1, keys = false, ...what }) {
  await tab.waitForFunction('globalThis.bench !== undefined');
  const empty = await heapUsed(cdp);
  await tab.evaluate(`bench.prepare(${JSON.stringify({ ...what, name })})`);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
  const before = await metrics(cdp);
  const running = tab.evaluate(`bench.run(${rate})`);
  if (keys) await typeUntil(cdp, running);
  const { deltas, dropped, longTasks, characters, keyMs } = await running;
  const after = await metrics(cdp);
  if (name !== 'nothing' && characters < what.characters / 2)
    throw new Error(`${name} shows ${characters} characters`);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await tab.evaluate('bench.end()');
  const spent = (key) => ((after[key] - before[key]) * 1000 * 1000) / deltas;
  return {
    script: spent('ScriptDuration'),
    layout: spent('LayoutDuration') + spent('RecalcStyleDuration'),
    task: spent('TaskDuration'),
    dropped,
    longTasks,
    heap: ((await heapUsed(cdp)) - empty) / 1e6,
    key: keyMs.toSorted((a, b) => a - b)[Math.floor(keyMs.length * 0.95)] ?? 0,
  };
}

async function typeUntil(cdp, running) {
  let over = false;
  const stop = () => (over = true);
  running.then(stop, stop);
  while (!over) {
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'a', code: 'KeyA', text: 'a' });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'a', code: 'KeyA' });
    await new Promise((resolve) => setTimeout(resolve, KEY_MS));
  }
}

function judge(answers, targets) {
  const of = (name, check) => {
    const rounds = answers.get(name);
    if (rounds) check(mediansOf(rounds, 'millrace'), mediansOf(rounds, 'streamdown, a frame'), rounds);
  };
  // Milliseconds are of one machine, so each has a ratio beside it: of the limit and of the fastest streamdown in the study (English,
  // 2026-11-22) that set the limit.
  of('long burst, en', ({ script, task }, streamdown) => {
    targets.atMost('script, 20k deltas in a burst', script, 35, 'ms for 1,000 deltas');
    targets.atLeast('script of streamdown, 20k deltas in a burst', streamdown.scriptAgainst, 5, 'times ours');
    targets.atMost('main thread, 20k deltas in a burst', task, 170, 'ms for 1,000 deltas');
    targets.atLeast(
      'main thread of streamdown, 20k deltas in a burst',
      streamdown.taskAgainst,
      324 / 170,
      'times ours',
    );
  });
  for (const language of ['en', 'zh'])
    of(`long burst, ${language}`, ({ heap, longTasks }, _, long) => {
      of(`burst, ${language}`, (_ours, _against, short) => {
        const growth = long.map(
          (round, index) => round.get('millrace').script / short[index].get('millrace').script,
        );
        targets.atMost(`script a delta, 20k against 5k deltas, ${language}`, median(growth), 1.1, 'x');
      });
      targets.atMost(`heap kept of 80,000 characters, ${language}`, heap, 3, 'MB');
      targets.atMost(`tasks over 50 ms, long burst, ${language}`, longTasks, 0, '');
    });
  for (const [language, limit] of [
    ['en', 150],
    ['zh', 220],
  ])
    of(`late, ${language}`, ({ script, layout, task, dropped, key }, streamdown) => {
      targets.atMost(`script, late, ${language}`, script, limit, 'ms for 1,000 deltas');
      targets.atLeast(`script of streamdown, late, ${language}`, streamdown.scriptAgainst, 12, 'times ours');
      targets.atMost(`layout and style, late, ${language}`, layout, 300, 'ms for 1,000 deltas');
      targets.atLeast(
        `layout and style of streamdown, late, ${language}`,
        streamdown.layoutAgainst,
        270 / 300,
        'times ours',
      );
      targets.atMost(`main thread, late, ${language}`, task, 950, 'ms for 1,000 deltas');
      targets.atLeast(
        `main thread of streamdown, late, ${language}`,
        streamdown.taskAgainst,
        3309 / 950,
        'times ours',
      );
      targets.atMost(`frames dropped, late, ${language}`, dropped * 100, 0.5, '%');
      targets.atMost(`key to paint, late, ${language}`, key, 24, 'ms, p95');
    });
  of('late, CPU four times slower, en', ({ dropped, key, longTasks }) => {
    targets.atMost('frames dropped, CPU four times slower', dropped * 100, 3, '%');
    targets.atMost('key to paint, CPU four times slower', key, 45, 'ms, p95');
    targets.atMost('tasks over 50 ms, CPU four times slower', longTasks, 0, '');
  });
  of('code, ts', ({ script }) => targets.atMost('script, code', script, 75, 'ms for 1,000 deltas'));
}
