import { LiveResponse, RUN, chatRun, frameOf, settle } from '../stream/scripted-world.js';
import {
  CANCEL,
  DETAIL,
  EVENTS,
  ID,
  START,
  json,
  demo,
  round,
  setUp,
  stream,
  view,
} from './scripted-conversation.js';

const events = chatRun(['Hello ', 'world']);
const whole = events.map(frameOf).join('');

describe('Conversation', () => {
  it('sends a prompt and keeps it until the server has it', async () => {
    const live = new LiveResponse();
    const { conversation, drafts, bodies, told, ready } = setUp({ [START]: live.answer }, true);
    conversation.send('hi', demo);
    expect(drafts.held(ID)).toEqual(['hi']);
    expect(conversation.live.peek()?.status.peek()).toBe('sending');
    await ready();
    expect(conversation.live.peek()?.status.peek()).toBe('live');
    expect(drafts.held(ID)).toEqual([]);
    expect(JSON.parse(bodies[0]?.body as string)).toEqual({
      user_prompt: 'hi',
      model_name: 'demo',
      mcp_servers: ['builtin'],
      conversation_id: ID,
      stream: true,
    });
    live.write(whole);
    await ready();
    expect(conversation.live.peek()).toBeUndefined();
    expect(conversation.turns.peek().map(view)).toEqual([['hi', 'ended', 'Hello world']]);
    expect(told).toEqual(['changed', 'ended']);
  });

  it('shows stored rounds, and follows the one that is still running from its first event', async () => {
    const { conversation, known, asked, ready } = setUp({
      [DETAIL]: () => json({ title: 'T', rounds: [round('completed', 'old', 'r0'), round('running', '')] }),
      [EVENTS]: () => stream(whole),
    });
    await conversation.load();
    await ready();
    expect(known.find(ID)).toMatchObject({ title: 'T', status: 'active' });
    expect(conversation.turns.peek().map(view)).toEqual([
      ['hi', 'ended', 'old'],
      ['hi', 'ended', 'Hello world'],
    ]);
    expect(asked.filter((route) => route === EVENTS)).toHaveLength(1);
    expect(asked).not.toContain(START);
  });

  it('stops a run by asking the server, and reads on to the end', async () => {
    const live = new LiveResponse();
    const { conversation, asked, ready } = setUp(
      { [START]: live.answer, [CANCEL]: () => json({}, 202) },
      true,
    );
    conversation.send('hi', demo);
    live.write(events.slice(0, 6).map(frameOf).join(''));
    await ready();
    const stopped = conversation.stop();
    expect(conversation.turns.peek()[0]?.stopping.peek()).toBe(true);
    await stopped;
    expect(asked).toContain(CANCEL);
    expect(conversation.live.peek()).toBeDefined();
    const cancelled = {
      v: 1,
      run_id: RUN,
      epoch: 1,
      seq: 7,
      ts: 1,
      type: 'run.cancelled',
      by: 'user',
    } as const;
    const outcome = { stopped: { model: true, tool_call_ids: [] }, kept: { characters: 6, tool_results: 0 } };
    live.write(frameOf({ ...cancelled, ...outcome }));
    await ready();
    const [turn] = conversation.turns.peek();
    expect(turn?.run.summary.peek()).toMatchObject({
      phase: 'cancelled',
      cancelled: { kept: { characters: 6 } },
    });
    expect(view(turn)).toEqual(['hi', 'ended', 'Hello ']);
    expect(turn?.stopping.peek()).toBe(false);
  });

  it('carries a stop that came before the headers to the run they name', async () => {
    const live = new LiveResponse();
    let arrive: (response: Response) => void = () => undefined;
    const { conversation, asked, ready } = setUp(
      {
        [START]: () =>
          new Promise((resolve) => {
            arrive = resolve;
          }),
        [CANCEL]: () => json({}, 202),
      },
      true,
    );
    conversation.send('hi', demo);
    await ready();
    await conversation.stop();
    expect(asked).not.toContain(CANCEL);
    arrive(live.response);
    await ready();
    expect(asked).toContain(CANCEL);
    conversation.leave();
  });

  it('lets the button be pressed again when the stop did not get through', async () => {
    const live = new LiveResponse();
    const { conversation, world, asked, ready } = setUp(
      { [START]: live.answer, [CANCEL]: () => Promise.reject(new TypeError('network')) },
      true,
    );
    conversation.send('hi', demo);
    await ready();
    const stopped = conversation.stop();
    await settle();
    await world.advance(700);
    await world.advance(700);
    await world.advance(700);
    await stopped;
    expect(asked.filter((route) => route === CANCEL)).toHaveLength(3);
    expect(conversation.live.peek()?.stopping.peek()).toBe(false);
    conversation.leave();
  });

  it('gives up an unsent prompt on stop, and sends it again under the same key', async () => {
    let reachable = false;
    const { conversation, world, bodies, ready } = setUp(
      { [START]: () => (reachable ? stream(whole) : Promise.reject(new TypeError('network'))) },
      true,
    );
    conversation.send('hi', demo);
    await ready();
    await world.advance(2_000);
    await conversation.stop();
    await ready();
    const [turn] = conversation.turns.peek();
    expect(view(turn)).toEqual(['hi', 'unsent', '']);
    reachable = true;
    conversation.retry(turn!, demo);
    await ready();
    expect(conversation.turns.peek().map(view)).toEqual([['hi', 'ended', 'Hello world']]);
    const keys = bodies.map((init) => new Headers(init.headers).get('idempotency-key'));
    expect(new Set(keys).size).toBe(1);
  });

  it('shows why a prompt was refused, and gives it back to be changed', async () => {
    const problem = { code: 'invalid_request', detail: 'Too long.', retryable: false };
    const { conversation, drafts, ready } = setUp({ [START]: () => json(problem, 422) }, true);
    conversation.send('hi', demo);
    await ready();
    expect(conversation.turns.peek()[0]?.status.peek()).toBe('refused');
    expect(conversation.turns.peek()[0]?.problem.peek()).toMatchObject({
      code: 'invalid_request',
      detail: 'Too long.',
    });
    expect(drafts.of(ID).peek()).toBe('hi');
    expect(conversation.live.peek()).toBeUndefined();
  });

  it('adds what another tab has sent, and keeps its own turns as they are', async () => {
    const other = round('completed', 'theirs', 'r-other');
    const { conversation, ready } = setUp(
      {
        [START]: () => stream(whole),
        [DETAIL]: () => json({ title: 'T', rounds: [round('completed'), other] }),
      },
      true,
    );
    conversation.send('hi', demo);
    await ready();
    const [own] = conversation.turns.peek();
    await conversation.refresh();
    await ready();
    expect(conversation.turns.peek()[0]).toBe(own);
    expect(conversation.turns.peek().map((turn) => turn.run.text)).toEqual(['Hello world', 'theirs']);
  });

  it('does not load while a prompt is on its way, because the server may have it already', async () => {
    const { conversation, asked, ready } = setUp({ [START]: () => new Promise(() => undefined) }, true);
    conversation.send('hi', demo);
    await ready();
    await conversation.refresh();
    expect(asked).toEqual([START]);
    conversation.leave();
  });

  it('puts the first prompt back into the box when the server never got it', async () => {
    const { conversation, drafts } = setUp({});
    drafts.hold(ID, 'hi');
    await conversation.load();
    expect(conversation.state.peek()).toEqual({ kind: 'ready' });
    expect(drafts.of(ID).peek()).toBe('hi');
  });

  it('says when there is no such conversation, and when it cannot be loaded', async () => {
    const missing = setUp({});
    await missing.conversation.load();
    expect(missing.conversation.state.peek()).toEqual({ kind: 'missing' });
    let works = false;
    const failing = setUp({
      [DETAIL]: () => (works ? json({ rounds: [] }) : json({ code: 'internal', detail: 'Oh.' }, 500)),
    });
    await failing.conversation.load();
    expect(failing.conversation.state.peek()).toMatchObject({ kind: 'failed', problem: { detail: 'Oh.' } });
    works = true;
    await failing.conversation.load();
    expect(failing.conversation.state.peek()).toEqual({ kind: 'ready' });
  });

  it('falls back to the stored answer, once, when the events of a run are gone', async () => {
    let state = 'running';
    const { conversation, asked, ready } = setUp({
      [DETAIL]: () => json({ rounds: [round(state, state === 'running' ? '' : 'stored')] }),
      [EVENTS]: () => {
        state = 'interrupted';
        return json({ code: 'run_not_found' }, 404);
      },
    });
    await conversation.load();
    await ready();
    await ready();
    expect(conversation.turns.peek().map(view)).toEqual([['hi', 'ended', 'stored']]);
    expect(asked.filter((route) => route === EVENTS)).toHaveLength(1);
  });

  it('does not go in circles when the database goes on calling a lost run unfinished', async () => {
    const { conversation, asked, ready } = setUp({
      [DETAIL]: () => json({ rounds: [round('running', '')] }),
      [EVENTS]: () => json({ code: 'run_not_found' }, 404),
    });
    await conversation.load();
    for (let turn = 0; turn < 5; turn += 1) await ready();
    expect(conversation.turns.peek().map((one) => one.status.peek())).toEqual(['lost']);
    expect(asked.filter((route) => route === EVENTS)).toHaveLength(1);
  });

  it('learns from the run why a stored round failed', async () => {
    const error = { code: 'upstream_cut', message: 'Cut.', retryable: true };
    const { conversation, ready } = setUp({
      [DETAIL]: () => json({ rounds: [round('failed', 'half')] }),
      [`GET /api/runs/${RUN}`]: () =>
        json({ model: 'demo', usage: { input_tokens: 1, output_tokens: 2 }, error }),
    });
    await conversation.load();
    await ready();
    expect(conversation.turns.peek()[0]?.run.summary.peek()).toMatchObject({
      phase: 'failed',
      model: 'demo',
      usage: { input_tokens: 1, output_tokens: 2 },
      error: { code: 'upstream_cut', message: 'Cut.', retryable: true },
    });
  });

  it('leaves a run running when the reader goes elsewhere', async () => {
    const live = new LiveResponse();
    const { conversation, asked, told, ready } = setUp({ [START]: live.answer }, true);
    conversation.send('hi', demo);
    await ready();
    conversation.leave();
    await ready();
    expect(asked).toEqual([START]);
    expect(told).toEqual(['changed']);
  });
});
