import { resolve } from 'node:path';
import { launchChromium, servePages, withPage } from './chromium.js';
import { CASES, measure, nameOf } from './renderers.js';
import { median } from '../lib/rounds.js';

const PAGE = 'millrace';
const MEASURES = ['script', 'layout', 'task'];

/**
 * Streams the same answers into the renderer of this checkout and of another at the same time, each in a Chromium of its own. What the
 * machine does meanwhile it does to both, so that two percent are seen; asked in turn, ten are lost in its noise.
 * @param directory the other checkout, with its packages installed
 */
export async function beside({ directory, rounds, only, say }) {
  const sides = [];
  try {
    for (const root of [import.meta.dirname, resolve(directory, 'bench/browser')])
      sides.push({ site: await servePages([PAGE], root), browser: await launchChromium() });
    say(`\n### This checkout beside ${directory}, both at the same time\n`);
    say('| case | script | layout + style | main thread |');
    say('|---|---|---|---|');
    for (const one of CASES.filter((each) => nameOf(each).includes(only))) {
      const ratios = [];
      for (let round = 0; round < rounds; round += 1) {
        const [ours, others] = await Promise.all(sides.map((side) => costOf(side, one)));
        ratios.push(MEASURES.map((name) => ours[name] / others[name]));
      }
      const cells = MEASURES.map((_, index) => median(ratios.map((ratio) => ratio[index])).toFixed(3));
      say(`| ${nameOf(one)} | ${cells.join(' | ')} |`);
    }
  } finally {
    for (const { site, browser } of sides) {
      await browser.close();
      await site.close();
    }
  }
}

/** What the renderer takes beside the page without one. */
async function costOf({ site, browser }, one) {
  const ask = (design) =>
    withPage(browser, `${site.origin}${PAGE}.html`, (tab, cdp) => measure(tab, cdp, design, one));
  const nothing = await ask('nothing');
  const renderer = await ask('millrace');
  return Object.fromEntries(MEASURES.map((name) => [name, renderer[name] - nothing[name]]));
}
