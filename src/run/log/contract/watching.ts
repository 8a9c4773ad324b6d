import type { RunLog } from '../run-log.js';
import { Author } from './author.js';
import { text } from './events.js';
import type { Subject } from './log-under-test.js';
import { readToHead } from './reading.js';

/** Waits for the next notification; the rest of a turn may bring more. */
function nextNews(log: RunLog, runId: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = log.watch(runId, () => {
      stop();
      resolve();
    });
  });
}

export function describeWatching({ log }: Subject): void {
  describe('watching', () => {
    it('tells of each append, also to a peer', async () => {
      const author = await new Author(log()).open();
      const peer = await log().peer();
      for (const delta of ['a', 'b', 'c']) {
        const news = Promise.all([nextNews(log(), author.runId), nextNews(peer, author.runId)]);
        await author.append(text(delta));
        await news;
      }
      expect(await readToHead(peer, author.runId, null, { merge: false })).toEqual(author.events);
    });

    it('tells only of what can be read', async () => {
      const author = await new Author(log()).open();
      const seen = nextNews(log(), author.runId).then(() => readToHead(log(), author.runId, null));
      await author.append(text('a'));
      expect(await seen).toEqual(author.events);
    });

    it('can begin before the run does', async () => {
      const author = new Author(log());
      const news = nextNews(log(), author.runId);
      await author.open();
      await author.append(text('a'));
      await news;
    });

    it('tells of the close', async () => {
      const author = await new Author(log()).open();
      const news = nextNews(log(), author.runId).then(() => log().head(author.runId));
      await author.writer.close();
      expect(await news).toMatchObject({ closed: true });
    });

    it('tells of the drop, so that nobody waits for a log that is gone', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'));
      const news = nextNews(log(), author.runId).then(() => log().read(author.runId, author.cursor));
      await log().drop(author.runId);
      expect(await news).toEqual({ kind: 'gap', reason: 'unknown' });
    });

    it('tells everybody', async () => {
      const author = await new Author(log()).open();
      const news = Promise.all(Array.from({ length: 100 }, () => nextNews(log(), author.runId)));
      await author.append(text('a'));
      await news;
    });

    it('is over when it is ended, also for news that are on their way', async () => {
      const author = await new Author(log()).open();
      let calls = 0;
      const stop = log().watch(author.runId, () => (calls += 1));
      const pending = author.append(text('a'));
      stop();
      const before = calls;
      await pending;
      for (const delta of ['b', 'c']) {
        const news = nextNews(log(), author.runId);
        await author.append(text(delta));
        await news;
      }
      expect(calls).toBe(before);
      stop();
    });

    it('can be ended by another watcher while news are given', async () => {
      const author = await new Author(log()).open();
      const calls: string[] = [];
      const stops = ['one', 'other'].map((name) =>
        log().watch(author.runId, () => {
          calls.push(name);
          for (const stop of stops) stop();
        }),
      );
      const news = nextNews(log(), author.runId);
      await author.append(text('a'));
      await news;
      expect(calls).toHaveLength(1);
    });

    it('counts the same function twice when it is given twice', async () => {
      const author = await new Author(log()).open();
      let calls = 0;
      const advanced = () => (calls += 1);
      const stop = log().watch(author.runId, advanced);
      const stopOther = log().watch(author.runId, advanced);
      stop();
      const news = nextNews(log(), author.runId);
      await author.append(text('a'));
      await news;
      expect(calls).toBeGreaterThan(0);
      stopOther();
    });

    it('keeps what a watcher throws from the writer and the others', async () => {
      const author = await new Author(log()).open();
      let thrown = 0;
      const stop = log().watch(author.runId, () => {
        thrown += 1;
        throw new Error('a faulty watcher');
      });
      for (const delta of ['a', 'b']) {
        const news = nextNews(log(), author.runId);
        await author.append(text(delta));
        await news;
      }
      expect(thrown).toBeGreaterThanOrEqual(2);
      stop();
    });

    it('does not tell of other runs', async () => {
      const [one, other] = [await new Author(log()).open(), await new Author(log()).open()];
      let calls = 0;
      const stop = log().watch(one.runId, () => (calls += 1));
      const news = nextNews(log(), other.runId);
      await other.append(text('a'));
      await news;
      expect(calls).toBe(0);
      stop();
    });
  });
}
