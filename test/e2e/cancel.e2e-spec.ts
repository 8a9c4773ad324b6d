import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

const { answer, calling, hang, text, turns } = scripts;

let world: World;
beforeAll(async () => (world = await World.start({}, ['custom'])));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const saying = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);

describe('stop', () => {
  test('[RUN-12] [P10] [D-11] from another connection ends the model call, and keeps the partial answer', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'stalled-after', conversation_id });
    await stream.frame(saying('lo'));

    const asked = performance.now();
    const receipt = await world.cancel(stream.runId);
    await world.openai.closed(1);
    const frames = await stream.toEnd();
    console.log(`stop: model closed and terminal read after ${(performance.now() - asked).toFixed(0)} ms`);
    expect(performance.now() - asked).toBeLessThan(2000);

    expect(receipt.status).toBe(202);
    expect(receipt.body).toEqual({
      run_id: stream.runId,
      state: 'cancelled',
      stopped: { model: true, tool_call_ids: [] },
    });
    expect((await world.openai.requests())[0]?.closedBy).toBe('client');
    const rounds = await world.rounds(conversation_id);
    const { state } = checkHistory([frames], rounds[0]?.messages);
    expect(state).toMatchObject({
      phase: 'cancelled',
      cancelled: {
        by: 'user',
        stopped: { model: true, tool_call_ids: [] },
        kept: { characters: 5, tool_results: 0 },
      },
      usage: { estimated: true },
    });
    expect(textsOf(state)).toEqual(['Hello']);
    expect(rounds[0]).toMatchObject({
      state: 'cancelled',
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hello' },
      ],
    });
  });

  test('[RUN-12] is idempotent, and leaves a run that has ended as it is', async () => {
    const stopped = await world.chat({ model_name: 'stalled' });
    await world.openai.received(1);
    const receipts = await Promise.all([1, 2, 3].map(() => world.cancel(stopped.runId)));
    for (const { status, body } of receipts) expect([status, body['state']]).toEqual([202, 'cancelled']);
    checkHistory([await stopped.toEnd()]);

    const completed = await world.chat({});
    const frames = await completed.toEnd();
    const late = await world.cancel(completed.runId);
    expect(late.body).toEqual({
      run_id: completed.runId,
      state: 'completed',
      stopped: { model: false, tool_call_ids: [] },
    });
    checkHistory([frames, await (await world.follow(completed.runId)).toEnd()]);
  });

  test('[RUN-13] aborts every tool at once, and gives each open call one outcome', async () => {
    const calls = calling(
      { id: 'done', name: 'hostile__echo', args: { message: 'x' } },
      { id: 'slow', name: 'hostile__hang', args: {} },
      { id: 'long', name: 'everything__trigger-long-running-operation', args: { duration: 60, steps: 2 } },
    );
    await world.openai.script('custom', turns(calls, scripts.plain()));
    const conversation_id = newConversation();
    const stream = await world.chat({
      model_name: 'custom',
      conversation_id,
      mcp_servers: ['hostile', 'everything'],
    });
    await stream.frame((item) => item['tool_call_id'] === 'done' && item['role'] === 'tool');

    const asked = performance.now();
    const { body } = await world.cancel(stream.runId);
    const frames = await stream.toEnd();
    console.log(`stop: two tools stopped after ${(performance.now() - asked).toFixed(0)} ms`);
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(body['stopped']).toEqual({ model: false, tool_call_ids: ['slow', 'long'] });

    const rounds = await world.rounds(conversation_id);
    const { state } = checkHistory([frames], rounds[0]?.messages);
    const outcomes = state.parts.map((part) =>
      part.kind === 'tool_call' ? [part.tool_call_id, part.result?.status] : [],
    );
    expect(outcomes).toEqual([
      ['done', 'ok'],
      ['slow', 'cancelled'],
      ['long', 'cancelled'],
    ]);
    expect(state.cancelled?.kept).toEqual({ characters: 0, tool_results: 1 });
    expect(await world.openai.requests()).toHaveLength(1);

    // The server was told: it lists the request that hangs among the cancelled.
    await world.openai.script(
      'custom',
      turns(calling({ id: 'ask', name: 'hostile__cancelled', args: {} }), scripts.plain()),
    );
    const next = await world.chat({ model_name: 'custom', conversation_id, mcp_servers: ['hostile'] });
    const told = checkHistory([await next.toEnd()]).state.parts.find((part) => part.kind === 'tool_call');
    const { hanging, cancelled } = JSON.parse(told?.result?.content ?? '') as {
      hanging: number;
      cancelled: number[];
    };
    expect(cancelled).toContain(hanging);

    // And the provider gets whole tool calls in the history.
    const request = (await world.openai.requests())[1]?.body as { messages: { role: string }[] };
    expect(request.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'tool',
      'user',
    ]);
  });

  test('[RUN-12] before the first token works, and the next turn goes on', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'stalled', conversation_id });
    await world.openai.received(1);
    await world.cancel(stream.runId);
    const { state } = checkHistory(
      [await stream.toEnd()],
      (await world.rounds(conversation_id))[0]?.messages,
    );
    expect(state).toMatchObject({
      phase: 'cancelled',
      cancelled: { kept: { characters: 0, tool_results: 0 } },
      parts: [],
    });
    const next = await world.ask({ conversation_id });
    expect(next.body['output']).toBe('Hello wörld');
  });

  test('[RUN-12] of a run that somebody waits for without a stream answers with what there was', async () => {
    const key = { 'idempotency-key': `stop-${newConversation()}` };
    const body = { model_name: 'stalled-after' };
    const stream = await world.chat(body, { headers: key });
    const waiting = world.ask(body, key);
    await stream.frame(saying('lo'));
    await world.cancel(stream.runId);
    const answered = await waiting;
    expect(answered.status).toBe(200);
    expect(answered.body).toMatchObject({
      output: 'Hello',
      finish_reason: 'cancelled',
      run_id: stream.runId,
    });
    await stream.toEnd();
  });
});

test('[RUN-12] a cancelled run is aborted also when the provider goes on talking', async () => {
  const endless = Array.from({ length: 2000 }, () => [...text('word '), { do: 'wait', ms: 2 } as const]);
  await world.openai.script('custom', answer(...endless, hang()));
  const stream = await world.chat({ model_name: 'custom', conversation_id: newConversation() });
  await stream.count(20);
  await world.cancel(stream.runId);
  const { closedBy, stepsPlayed } = await world.openai.closed(1);
  expect(closedBy).toBe('client');
  expect(stepsPlayed).toBeLessThan(2000);
  checkHistory([await stream.toEnd()]);
});

describe('stop, at once', () => {
  // Its provider is its own: what is given up this early may reach it after its run has ended, and would be the next test's.
  let racing: World;
  beforeAll(async () => (racing = await World.start()));
  afterAll(() => racing.stop());

  test('[FAULT-33] [RUN-14] racing the end gives exactly one terminal event, and the receipt tells which', async () => {
    for (let round = 0; round < 30; round += 1) {
      const conversation_id = newConversation();
      const stream = await racing.chat({ conversation_id });
      const [receipt, frames] = await Promise.all([racing.cancel(stream.runId), stream.toEnd()]);
      const rounds = await racing.rounds(conversation_id);
      const { state } = checkHistory([frames], rounds[0]?.messages);
      expect([receipt.body['state'], rounds[0]?.state]).toEqual([state.phase, state.phase]);
    }
  });
});
