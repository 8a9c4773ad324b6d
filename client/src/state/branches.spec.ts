import type { RunEvent } from '../../../src/protocol/run-event.js';
import { chatRun, frameOf, streamHeaders } from '../stream/scripted-world.js';
import type { Handler } from './scripted-conversation.js';
import { DETAIL, ID, START, demo, json, round, setUp, view } from './scripted-conversation.js';

const BRANCH = `PUT /api/chat/conversations/${ID}/branch`;
const body = (init: RequestInit) => JSON.parse(init.body as string) as Record<string, unknown>;

function place(after_run_id: string | null, branches: string[], number: number) {
  return { after_run_id, branches, round: number };
}

/** A conversation of two turns, `r1` and `r2`, that are loaded; the next run is `r3`. */
async function opened(routes: Record<string, Handler> = {}) {
  const rounds: object[] = [
    { ...round('completed', 'First', 'r1'), ...place(null, ['r1'], 1) },
    { ...round('completed', 'Second', 'r2'), ...place('r1', ['r2'], 2) },
  ];
  const served = setUp({
    [DETAIL]: () => json({ title: 'T', rounds }),
    [START]: () =>
      new Response(chatRun(['Third'], 'r3').map(frameOf).join(''), { headers: streamHeaders('r3') }),
    ...routes,
  });
  await served.conversation.load();
  await served.ready();
  const shown = () => served.conversation.turns.peek().map(view);
  const sent = () => served.bodies.filter((_, at) => served.asked[at] === START).map(body);
  return { ...served, rounds, shown, sent };
}

describe('[UI-11] asking again and editing', () => {
  it('ask the same in the place of a turn, which stays as a branch', async () => {
    const { conversation, ready, shown, sent } = await opened();
    conversation.retry(conversation.turns.peek()[1]!, demo);
    expect(shown()).toEqual([
      ['hi', 'ended', 'First'],
      ['hi', 'sending', ''],
    ]);
    await ready();
    expect(sent()).toMatchObject([{ user_prompt: 'hi', after_run_id: 'r1' }]);
    expect(shown()[1]).toEqual(['hi', 'ended', 'Third']);
    expect(conversation.turns.peek()[1]?.place.peek()).toEqual({
      round: 0,
      afterRunId: 'r1',
      branches: ['r2', 'r3'],
    });
  });

  it('ask something else in the place of the first turn, and what followed it goes with it', async () => {
    const { conversation, ready, shown, sent } = await opened();
    conversation.edit(conversation.turns.peek()[0]!, 'hello', demo);
    await ready();
    expect(sent()).toMatchObject([{ user_prompt: 'hello', after_run_id: null }]);
    expect(shown()).toEqual([['hello', 'ended', 'Third']]);
  });

  it('follow on a turn of this page as the server will see it', async () => {
    const { conversation, ready, sent } = await opened();
    conversation.send('more', demo);
    await ready();
    expect(sent()[0]).not.toHaveProperty('after_run_id');
    expect(conversation.turns.peek()[2]?.place.peek()).toMatchObject({ afterRunId: 'r2', branches: ['r3'] });
    conversation.retry(conversation.turns.peek()[2]!, demo);
    await ready();
    expect(sent()[1]).toMatchObject({ after_run_id: 'r2' });
  });

  it('do nothing while an answer is being written', async () => {
    const { conversation, sent } = await opened({ [START]: () => new Promise(() => undefined) });
    conversation.send('more', demo);
    const [first] = conversation.turns.peek();
    conversation.edit(first!, 'hello', demo);
    conversation.retry(first!, demo);
    expect(await conversation.switchTo('r1')).toBeUndefined();
    expect(sent()).toHaveLength(1);
    expect(conversation.turns.peek()).toHaveLength(3);
    conversation.leave();
  });
});

describe('[UI-11] switching between branches', () => {
  it('asks the server, shows its branch, and knows the turns of the other one when it comes back', async () => {
    const { conversation, rounds, shown, bodies, asked, told } = await opened({ [BRANCH]: () => json({}) });
    const [, second] = conversation.turns.peek();
    const switched = conversation.switchTo('r5');
    expect([conversation.switching.peek(), conversation.idle.peek()]).toEqual([true, false]);
    rounds[1] = { ...round('completed', 'Other', 'r5'), ...place('r1', ['r2', 'r5'], 3) };
    expect(await switched).toBeUndefined();
    expect(shown()).toEqual([
      ['hi', 'ended', 'First'],
      ['hi', 'ended', 'Other'],
    ]);
    expect(body(bodies[asked.indexOf(BRANCH)]!)).toEqual({ run_id: 'r5' });
    expect(told).toEqual(['changed']);
    rounds[1] = { ...round('completed', 'Second', 'r2'), ...place('r1', ['r2', 'r5'], 2) };
    await conversation.switchTo('r2');
    expect(conversation.turns.peek()[1]).toBe(second);
    expect(second?.place.peek().branches).toEqual(['r2', 'r5']);
    expect(conversation.switching.peek()).toBe(false);
  });

  it('says why it was not possible, and shows what it showed', async () => {
    const { conversation, shown } = await opened({
      [BRANCH]: () => json({ code: 'run_not_found', detail: 'No such turn.' }, 404),
    });
    expect(await conversation.switchTo('r9')).toMatchObject({ detail: 'No such turn.' });
    expect(shown()).toHaveLength(2);
    expect(conversation.idle.peek()).toBe(true);
  });

  it('leaves behind what was never sent', async () => {
    const { conversation, ready, shown } = await opened({
      [START]: () => json({ code: 'invalid_request', retryable: false }, 422),
      [BRANCH]: () => json({}),
    });
    conversation.edit(conversation.turns.peek()[1]!, 'hello', demo);
    await ready();
    expect(shown()[1]).toEqual(['hello', 'refused', '']);
    expect(conversation.turns.peek()[1]?.place.peek().branches).toEqual(['r2']);
    await conversation.switchTo('r2');
    expect(shown()).toEqual([
      ['hi', 'ended', 'First'],
      ['hi', 'ended', 'Second'],
    ]);
  });

  it('says where the history was shortened', async () => {
    const compacted = { type: 'conversation.compacted', compact_type: 'precise', round: 2, ts: 5 };
    const counts = { original_messages: 9, compacted_messages: 4, tool_contents_summarized: 2 };
    const { conversation } = setUp({
      [DETAIL]: () =>
        json({
          rounds: [],
          events: [
            { ...compacted, ...counts },
            { type: 'conversation.titled' },
            { ...compacted, round: 'x' },
          ],
        }),
    });
    await conversation.load();
    expect(conversation.compactions.peek()).toEqual([
      { ts: 5, kind: 'precise', round: 2, messagesBefore: 9, messagesAfter: 4, summarized: 2 },
    ]);
  });

  it('reads turns anew after their history was shortened', async () => {
    const { conversation, rounds, shown } = await opened();
    rounds[1] = { ...round('completed', 'Short', 'r2'), ...place('r1', ['r2'], 2) };
    await conversation.load();
    expect(shown()[1]?.[2]).toBe('Second');
    await conversation.reload();
    expect(shown()[1]?.[2]).toBe('Short');
  });

  it('reads turns anew when a run tells that somebody else has shortened the history', async () => {
    const [created, ...rest] = chatRun(['Third'], 'r3');
    const compacted = {
      ...created,
      type: 'conversation.compacted',
      compact_type: 'brutal',
      original_messages: 9,
      compacted_messages: 4,
      tool_contents_summarized: 0,
      round: 2,
    };
    const log = [created!, compacted, ...rest].map((event, at) => ({ ...event, seq: at + 1 }) as RunEvent);
    const { conversation, ready, rounds, shown } = await opened({
      [START]: () => new Response(log.map(frameOf).join(''), { headers: streamHeaders('r3') }),
    });
    rounds[0] = { ...round('completed', 'Short', 'r1'), ...place(null, ['r1'], 1) };
    rounds.push({ ...round('completed', 'Third', 'r3'), ...place('r2', ['r3'], 3) });
    conversation.send('more', demo);
    await ready();
    await ready();
    expect(shown().map((turn) => turn?.[2])).toEqual(['Short', 'Second', 'Third']);
  });
});
