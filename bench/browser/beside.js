import { resolve } from 'node:path';
import { launchChromium, servePages, withPage } from './chromium.js';
import { CASES, measure, MEASURES, nameOf } from './renderers.js';
import { median } from '../lib/rounds.js';

const PAGE = 'millrace';

/**
 * Streams the same answers into the renderer of this checkout and of another at the same time, each in a Chromium of its own. What the
 * machine does meanwhile it does to both; asked in turn, ten percent are lost in its noise. Prints what this one costs of the other.
 * @param directory the other checkout, with its packages installed
 */
export async function beside({ directory, rounds, only, say }) {
  const cases = CASES.filter((one) => nameOf(one).includes(only));
  if (cases.length === 0)
    throw new Error(`--only='${only}' names none of these: ${CASES.map(nameOf).join('; ')}`);
  const opened = [];
  const sideOf = async (client) => {
    const site = await servePages([PAGE], client);
    opened.push(site);
    const browser = await launchChromium();
    opened.push(browser);
    return { site, browser };
  };
  try {
    const ours = await sideOf();
    const other = await sideOf(resolve(directory, 'client/src'));
    say(`\n### What this checkout costs of ${directory}: median (least to most) of ${rounds} rounds\n`);
    say('| case | script | layout + style | main thread |');
    say('|---|---|---|---|');
    for (const one of cases) {
      const rows = [];
      for (let round = 0; round < rounds; round += 1) {
        const [mine, theirs] = await Promise.all([costOf(ours, one), costOf(other, one)]);
        rows.push(MEASURES.map((name) => mine[name] / theirs[name]));
      }
      say(`| ${nameOf(one)} | ${MEASURES.map((_, at) => spread(rows.map((row) => row[at]))).join(' | ')} |`);
    }
  } finally {
    await Promise.allSettled(opened.map((one) => one.close()));
  }
}

function spread(ratios) {
  const [least, middle, most] = [Math.min(...ratios), median(ratios), Math.max(...ratios)];
  return `${middle.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

/** What the renderer takes beside the page without one. */
async function costOf({ site, browser }, one) {
  const ask = (design) =>
    withPage(browser, `${site.origin}${PAGE}.html`, (tab, cdp) => measure(tab, cdp, design, one));
  const nothing = await ask('nothing');
  const renderer = await ask('millrace');
  return Object.fromEntries(MEASURES.map((name) => [name, beyond(renderer[name], nothing[name], name)]));
}

function beyond(cost, base, name) {
  if (cost <= base) throw new Error(`The page without a renderer took more ${name}: too noisy to compare`);
  return cost - base;
}
