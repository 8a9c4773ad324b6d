import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser.js';
import { ClientSite } from '../../support/client-site.js';
import { sequence, summaryOf } from '../../support/frame-text.js';
import { newConversation } from '../../support/world.js';

/**
 * EventSource of a real browser. It reads the events of a run, comes back by itself with Last-Event-ID when a connection ends, and stops at
 * 204. It waits three seconds before it comes back, so all of this happens side by side.
 */
let site: ClientSite;
let browser: Browser;
const sources = new Map<string, Source>();

/** What the page reports of one EventSource. */
class Source {
  /** How often it connected. */
  opened = 0;
  readonly ids: string[] = [];
  readonly data: string[] = [];
  #watchers: (() => void)[] = [];
  #closed = false;

  hear(kind: 'open' | 'message' | 'closed', id = '', data = ''): void {
    if (kind === 'open') this.opened += 1;
    if (kind === 'closed') this.#closed = true;
    if (kind === 'message') {
      this.ids.push(id);
      this.data.push(data);
    }
    for (const watch of this.#watchers) watch();
  }
  saw(words: string): Promise<void> {
    return this.#until(() => this.data.some((data) => data.includes(words)));
  }
  closed(): Promise<void> {
    return this.#until(() => this.#closed);
  }
  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => holds() && resolve();
      this.#watchers.push(watch);
      watch();
    });
  }
}

/** Starts a run that goes on without a reader. */
async function start(model_name: string, more: object = {}): Promise<string> {
  const reader = await site.world.chat({ model_name, conversation_id: newConversation(), ...more });
  reader.leave();
  return reader.runId;
}

/** Opens an EventSource of the run; unless it stays, it is closed by the page at [DONE], as pages do. */
async function open(page: Page, runId: string, stays: boolean): Promise<Source> {
  const source = new Source();
  sources.set(runId, source);
  await page.evaluate(
    ([id, waitsFor204]) => {
      const { report } = window as unknown as { report: (...words: string[]) => void };
      const source = new EventSource(`/api/runs/${id}/events`);
      source.onopen = () => report(id, 'open');
      source.onmessage = ({ lastEventId, data }) => {
        report(id, 'message', lastEventId, data as string);
        if (data !== '[DONE]' || waitsFor204) return;
        source.close();
        report(id, 'closed');
      };
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) report(id, 'closed');
      };
    },
    [runId, stays] as const,
  );
  return source;
}

const scenes: Record<string, Source> = {};
beforeAll(async () => {
  [site, browser] = await Promise.all([ClientSite.open(), launchBrowser()]);
  const page = await browser.newPage();
  await page.exposeFunction('report', (id: string, ...words: Parameters<Source['hear']>) =>
    sources.get(id)?.hear(...words),
  );
  await page.goto(`${site.url}/docs`);
  const scene = async (name: string, runId: string, stays = false) =>
    (scenes[name] = await open(page, runId, stays));

  const slow = await start('slow');
  const cut = await scene('cut', slow);
  const hanging = await start('stalled-after');
  const cancelled = await scene('cancelled', hanging);
  await scene('plain', await start('plain'), true);
  await scene('reasoning', await start('reasoning'));
  await scene('tools', await start('sum', { mcp_servers: ['builtin'] }));
  await scene('refused', await start('bad-request'));
  await scene('broken', await start('cut'));
  await scene('unknown', '01ARZ3NDEKTSV4RRFFQ69G5FAV', true);
  const silent = await scene('silent', await start('silent', { mcp_servers: ['everything'] }));

  await cancelled.saw('lo');
  await site.world.cancel(hanging);
  await site.openai.release();
  await Promise.all([cut.saw('one'), silent.closed()]);
  site.network.cut();
  await site.openai.release('gate', 3);
  await Promise.all(Object.values(scenes).map((source) => source.closed()));
}, 60_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

const summary = (name: string) => summaryOf(scenes[name]!.data);

test('[API-04] a run is read to its end, which 204 tells the reader that comes back', () => {
  const { opened, ids, data } = scenes['plain']!;
  expect({ opened, end: data.filter((one) => one === '[DONE]').length }).toEqual({ opened: 1, end: 1 });
  expect(summary('plain').text).toBe('Hello wörld');
  expect(sequence(ids.slice(0, -1))[0]).toBe(1);
});

test('[API-04] reasoning and tools', () => {
  expect(summary('reasoning')).toMatchObject({ text: '答案', reasoning: 'hmm ok' });
  expect(summary('tools')).toMatchObject({ text: 'Let me see.It is 5.', results: ['5'] });
});

test('[API-04] an error of the model is a frame, before the first word and after it; no run, no reader', () => {
  expect(summary('refused')).toMatchObject({ text: '', error: 'upstream_rejected' });
  expect(summary('broken')).toMatchObject({ text: 'Hello', error: 'upstream_cut' });
  expect(scenes['unknown']).toMatchObject({ opened: 0, data: [] });
});

test('[API-04] after a cut it comes back by itself, to the event after the last one', () => {
  const { opened, ids, data } = scenes['cut']!;
  expect(opened).toBe(2);
  expect(summary('cut').text).toBe('one two three');
  const seqs = sequence(ids.slice(0, -1));
  expect(seqs.every((seq, at) => at === 0 || seq > seqs[at - 1]!)).toBe(true);
  expect(data.filter((one) => one.includes('one'))).toHaveLength(1);
});

test('[API-04] a cancel ends the stream', () => {
  expect(summary('cancelled').types.at(-1)).toBe('run_cancelled');
});

test('[API-04] heartbeats keep it open while a tool works in silence', () => {
  expect(summary('silent').text).toBe('Done.');
  expect(scenes['silent']!.opened).toBe(1);
});
