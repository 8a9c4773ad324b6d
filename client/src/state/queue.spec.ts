import { LiveResponse, chatRun, frameOf, settle, streamHeaders } from '../stream/scripted-world.js';
import type { Handler } from './scripted-conversation.js';
import { DETAIL, ID, START, demo, json, round, setUp, view } from './scripted-conversation.js';

const whole = (run: string, ...words: string[]) => chatRun(words, run).map(frameOf).join('');
const opening = (run: string) => frameOf(chatRun([], run)[0]!);

/** A server whose runs are `r1`, `r2`, … in the order of the prompts, each with a stream that the spec writes. */
function serve(routes: Record<string, Handler> = {}) {
  const posts: LiveResponse[] = [];
  const reads = new Map<string, LiveResponse>();
  const live = (run: string): LiveResponse => {
    const response = new LiveResponse(streamHeaders(run));
    reads.set(run, response);
    return response;
  };
  const all: Record<string, Handler> = {
    [START]: (init) => {
      const response = new LiveResponse(streamHeaders(`r${posts.length + 1}`));
      posts.push(response);
      return response.answer(init);
    },
    ...Object.fromEntries(
      ['r1', 'r2', 'r3'].map((run) => [
        `GET /api/runs/${run}/events`,
        (init: RequestInit) => live(run).answer(init),
      ]),
    ),
    ...routes,
  };
  const served = setUp(all, true);
  const ask = async (prompt: string): Promise<void> => {
    served.conversation.send(prompt, demo);
    await served.ready();
  };
  const shown = () => served.conversation.turns.peek().map(view);
  const open = () => [...posts, ...reads.values()].filter((one) => !one.cancelled && !one.broken).length;
  return { ...served, posts, reads, ask, shown, open };
}

describe('[UI-12] prompts that are sent while an answer is being written', () => {
  it('wait at the server, hold no stream, and are read when their turn comes', async () => {
    const { conversation, posts, reads, ask, shown, ready, open, drafts } = serve();
    await ask('one');
    posts[0]!.write(opening('r1'));
    await ask('two');
    await ask('three');
    expect(shown()).toEqual([
      ['one', 'live', ''],
      ['two', 'queued', ''],
      ['three', 'queued', ''],
    ]);
    expect(conversation.waiting.peek().map(({ prompt }) => prompt)).toEqual(['two', 'three']);
    expect([posts.length, open(), drafts.held(ID)]).toEqual([3, 1, []]);

    posts[0]!.write(whole('r1', 'First'));
    await ready();
    expect(shown()).toEqual([
      ['one', 'ended', 'First'],
      ['two', 'live', ''],
      ['three', 'queued', ''],
    ]);
    reads.get('r2')!.write(whole('r2', 'Second'));
    await ready();
    reads.get('r3')!.write(whole('r3', 'Third'));
    await ready();
    expect(shown()).toEqual([
      ['one', 'ended', 'First'],
      ['two', 'ended', 'Second'],
      ['three', 'ended', 'Third'],
    ]);
    expect(conversation.idle.peek()).toBe(true);
  });

  it('are sent one after the other, because requests may overtake each other', async () => {
    const arrive: ((response: Response) => void)[] = [];
    const { conversation, ready, asked, shown } = serve({
      [START]: () => new Promise((resolve) => arrive.push(resolve)),
    });
    conversation.send('one', demo);
    conversation.send('two', demo);
    await ready();
    expect(asked).toEqual([START]);
    expect(shown().map((turn) => turn?.[1])).toEqual(['sending', 'sending']);
    arrive[0]!(new LiveResponse(streamHeaders('r1')).response);
    await ready();
    expect(asked).toEqual([START, START]);
    expect(conversation.waiting.peek().map(({ prompt }) => prompt)).toEqual(['two']);
  });

  it('go on when the answer before them is stopped', async () => {
    const { conversation, posts, reads, ask, shown, ready, asked } = serve({
      'POST /api/runs/r1/cancel': () => json({}, 202),
    });
    await ask('one');
    await ask('two');
    await conversation.stop();
    expect(asked.filter((one) => one.endsWith('/cancel'))).toEqual(['POST /api/runs/r1/cancel']);
    expect(shown()[1]).toEqual(['two', 'queued', '']);
    posts[0]!.write(whole('r1'));
    await ready();
    reads.get('r2')!.write(whole('r2', 'Second'));
    await ready();
    expect(shown()[1]).toEqual(['two', 'ended', 'Second']);
  });

  it('can be taken back: into the message box if that is empty', async () => {
    const rounds = [
      { ...round('running', '', 'r1') },
      ...['r2', 'r3'].map((run) => ({ ...round('cancelled', '', run), started: false })),
    ];
    const { conversation, posts, ask, shown, ready, drafts } = serve({
      'POST /api/runs/r2/cancel': () => json({}, 202),
      'POST /api/runs/r3/cancel': () => json({}, 202),
      [DETAIL]: () => json({ title: 'T', rounds }),
    });
    await ask('one');
    posts[0]!.write(opening('r1'));
    await ask('two');
    await ask('three');
    const [, two, three] = conversation.turns.peek();
    expect(await conversation.withdraw(two!)).toBe('returned');
    expect(drafts.of(ID).peek()).toBe('two');
    expect(await conversation.withdraw(three!)).toBe('dropped');
    await ready();
    expect(shown().map((turn) => turn?.[1])).toEqual(['live', 'withdrawn', 'withdrawn']);
    expect(conversation.waiting.peek()).toEqual([]);
    expect(conversation.turns.peek()[1]).toBe(two);
  });

  it('stay when they cannot be taken back', async () => {
    const { conversation, ask, shown } = serve({
      'POST /api/runs/r2/cancel': () => json({ code: 'internal', retryable: false }, 500),
    });
    await ask('one');
    await ask('two');
    const [, two] = conversation.turns.peek();
    expect(await conversation.withdraw(two!)).toBe('failed');
    expect([shown()[1]?.[1], two?.stopping.peek()]).toEqual(['queued', false]);
  });

  it('are taken back without a word to the server when it never had them', async () => {
    const { conversation, world, asked, shown, ready, drafts } = serve({
      [START]: () => Promise.reject(new TypeError('network')),
    });
    conversation.send('one', demo);
    conversation.send('two', demo);
    await ready();
    await world.advance(1_000);
    const [one, two] = conversation.turns.peek();
    expect(await conversation.withdraw(two!)).toBe('returned');
    await one!.withdraw();
    await ready();
    expect(shown().map((turn) => turn?.[1])).toEqual(['withdrawn', 'withdrawn']);
    expect(asked.filter((route) => route !== START)).toEqual([]);
    expect(drafts.held(ID)).toEqual([]);
  });

  it('show what came of them when their turn had come before they could be taken back', async () => {
    const { conversation, posts, ask, shown, ready } = serve({
      'POST /api/runs/r2/cancel': () => json({}, 202),
      [DETAIL]: () => json({ rounds: [round('completed', 'First', 'r1'), round('cancelled', 'Half', 'r2')] }),
    });
    await ask('one');
    await ask('two');
    expect(await conversation.withdraw(conversation.turns.peek()[1]!)).toBe('returned');
    posts[0]!.write(whole('r1', 'First'));
    await ready();
    await ready();
    expect(shown()[1]).toEqual(['hi', 'ended', 'Half']);
  });

  it('do not keep others from being sent when the server refuses one', async () => {
    let count = 0;
    const { conversation, ready, shown } = serve({
      [START]: () => {
        count += 1;
        if (count === 1) return json({ code: 'invalid_request', retryable: false }, 422);
        return new LiveResponse(streamHeaders('r2')).response;
      },
    });
    conversation.send('one', demo);
    conversation.send('two', demo);
    await ready();
    expect(shown().map((turn) => turn?.[1])).toEqual(['refused', 'live']);
  });

  it('are shown as stored after a reload: the first unfinished turn is read, the others wait', async () => {
    const { conversation, ready, asked, shown } = serve({
      [DETAIL]: () =>
        json({
          rounds: [
            round('completed', 'old', 'r0'),
            round('running', '', 'r1'),
            { ...round('cancelled', '', 'r9'), started: false },
            round('queued', '', 'r2'),
          ],
        }),
    });
    await conversation.load();
    await ready();
    expect(shown().map((turn) => turn?.[1])).toEqual(['ended', 'live', 'withdrawn', 'queued']);
    expect(asked.filter((route) => route.includes('/events'))).toEqual(['GET /api/runs/r1/events']);
    expect(conversation.unfinishedRunId).toBe('r2');
  });

  it('wait for what another tab has sent before them', async () => {
    const { conversation, posts, ask, shown, ready, open } = serve({
      [DETAIL]: () => json({ rounds: [round('running', '', 'r2'), round('queued', '', 'r1')] }),
    });
    await ask('mine');
    posts[0]!.write(opening('r1'));
    await conversation.refresh();
    await ready();
    expect(shown()).toEqual([
      ['hi', 'live', ''],
      ['mine', 'queued', ''],
    ]);
    expect(open()).toBe(1);
  });

  it('are told the page once it has sent what it was sending', async () => {
    let arrive: (response: Response) => void = () => undefined;
    const { conversation, ready, asked } = serve({
      [START]: () => new Promise((resolve) => (arrive = resolve)),
      [DETAIL]: () => json({ rounds: [round('running', '', 'r1')] }),
    });
    conversation.send('one', demo);
    await ready();
    await conversation.refresh();
    expect(asked).toEqual([START]);
    arrive(new LiveResponse(streamHeaders('r1')).response);
    await settle();
    expect(asked).toContain(DETAIL);
  });
});
