import type { RunSnapshot } from '../../src/protocol/run-snapshot.js';
import { checkHistory, comparable, decodeFrames, fold, textsOf } from '../support/history-checker.js';
import { scripts, type Step } from '../support/scripted-openai/index.js';
import { SseReader, type WireFrame } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const { answer, done, finish, gate, reasoning, text, toolCalls, turns, usage } = scripts;

const apart = (steps: Step[]): Step[] => steps.flatMap((step) => [step, { do: 'wait', ms: 2 }]);

/** Reasoning, text, two tools at once, and Chinese: every kind of frame that a chat turn has. */
const everything = turns(
  answer(
    apart(reasoning('想', '一想')),
    apart(text('Let me ', 'look. ')),
    apart(
      toolCalls([
        { id: 'a', name: 'builtin__calculate', args: { expression: '2+3' } },
        { id: 'b', name: 'hostile__echo', args: { message: '回声🌏' } },
      ]),
    ),
    finish('tool_calls'),
    usage(),
    done(),
  ),
  answer(apart(reasoning('hm')), apart(text('答案', '是 ', '**5**', ' 🌏。')), finish(), usage(), done()),
);

let world: World;
beforeAll(async () => (world = await World.start({}, ['everything', 'custom'])));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

/** A run that has ended, with all of its frames as a reader that was there saw them. */
async function recordedRun(): Promise<{ runId: string; frames: WireFrame[]; conversation: string }> {
  await world.openai.script('everything', everything);
  const conversation = newConversation();
  const stream = await world.chat({
    model_name: 'everything',
    conversation_id: conversation,
    mcp_servers: ['builtin', 'hostile'],
  });
  const frames = await stream.toEnd();
  checkHistory([frames], (await world.rounds(conversation))[0]?.messages);
  return { runId: stream.runId, frames, conversation };
}

const bareSeq = (id: string) => id.slice(id.lastIndexOf('.') + 1);

describe('every cut point of a run that has ended', () => {
  let run: Awaited<ReturnType<typeof recordedRun>>;
  let readers: ((id: string) => Promise<SseReader>)[];
  beforeAll(async () => {
    run = await recordedRun();
    readers = [
      (id) => world.follow(run.runId, '', { 'last-event-id': id }),
      (id) => world.follow(run.runId, `?after=${id}`),
      (id) => world.follow(run.runId, `?after=${bareSeq(id)}`),
      (id) =>
        world.chat(
          {
            model_name: 'everything',
            conversation_id: run.conversation,
            mcp_servers: ['builtin', 'hostile'],
          },
          { headers: { 'last-event-id': id } },
        ),
    ];
  });

  test('[RUN-03] [P1] [P4] what was read and the rest make the whole run, in every way of asking', async () => {
    const events = run.frames.slice(0, -1);
    expect(events.length).toBeGreaterThan(30);
    for (const [k, frame] of events.slice(0, -1).entries()) {
      const rests = await Promise.all(readers.map(async (read) => (await read(frame.id!)).toEnd()));
      checkHistory([run.frames, ...rests.map((rest) => [...events.slice(0, k + 1), ...rest])]);
      for (const rest of rests) {
        expect(rest[0]?.retry).toBeUndefined();
        expect(decodeFrames(rest)[0]?.type).not.toBe('run.snapshot');
      }
    }
  });

  test('[RUN-03] a POST that resumes starts no run and calls no model', async () => {
    await world.openai.reset();
    const stream = await readers[3]!(run.frames[2]!.id!);
    await stream.toEnd();
    expect(stream.runId).toBe(run.runId);
    expect(await world.openai.requests()).toHaveLength(0);
    expect(await world.rounds(run.conversation)).toHaveLength(1);
  });

  test('[RUN-03] without a stream, a POST that resumes gives the whole answer', async () => {
    const { body } = await world.ask(
      { model_name: 'everything' },
      { 'last-event-id': run.frames.at(-3)!.id! },
    );
    expect(body).toMatchObject({ run_id: run.runId, output: '答案是 **5** 🌏。' });
  });

  test('[RUN-04] a cursor at the terminal event gets 204, whichever way it is given', async () => {
    const end = run.frames.at(-2)!.id!;
    for (const read of readers) {
      const stream = await read(end);
      expect(stream.status).toBe(204);
      expect(stream.runId).toBe(run.runId);
      await stream.over();
      expect(stream.text).toBe('');
    }
  });

  test('[RUN-05] a reader from the beginning gets the whole run, merged, with the same terminal', async () => {
    const late = await world.follow(run.runId);
    const frames = await late.toEnd();
    checkHistory([run.frames, frames]);
    expect(frames.length).toBeLessThanOrEqual(run.frames.length);
    expect(frames[0]?.retry).toBe(3000);
    expect(frames.slice(1).every(({ retry }) => retry === undefined)).toBe(true);
  });

  test.each([
    ['garbage', 'unknown'],
    ['-1', 'unknown'],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV.1.3', 'unknown'],
    ["' OR 1=1 --", 'unknown'],
    ['9'.repeat(5000), 'unknown'],
    ['{run}.1.999999', 'ahead'],
    ['{run}.7.3', 'ahead'],
    ['999999', 'ahead'],
  ])(
    '[RUN-06] [P2] the cursor %.40s gets a snapshot and the terminal event, never an error',
    async (cursor, reason) => {
      const id = cursor.replace('{run}', run.runId);
      const asked = [
        await world.follow(run.runId, '', { 'last-event-id': id }),
        await world.follow(run.runId, `?after=${encodeURIComponent(id)}`),
      ];
      for (const stream of asked) {
        expect(stream.status).toBe(200);
        const frames = await stream.toEnd();
        checkHistory([run.frames, frames], (await world.rounds(run.conversation))[0]?.messages);
        const [snapshot, terminal] = decodeFrames(frames) as [RunSnapshot, { seq: number }];
        expect(snapshot).toMatchObject({ type: 'run.snapshot', reason, through_seq: terminal.seq - 1 });
        expect(frames[0]?.retry).toBeUndefined();
        expect(frames).toHaveLength(3);
      }
    },
  );

  test('[RUN-06] two cursors in one header, and two in the query, are one that cannot be read', async () => {
    const [first, second] = [run.frames[3]!.id!, run.frames[5]!.id!];
    const twoHeaders = await world.follow(run.runId, '', { 'last-event-id': `${first}, ${second}` });
    const twoInQuery = await world.follow(run.runId, `?after=${first}&after=${second}`);
    for (const stream of [twoHeaders, twoInQuery])
      expect(decodeFrames(await stream.toEnd())[0]).toMatchObject({
        type: 'run.snapshot',
        reason: 'unknown',
      });
  });

  test('[RUN-06] an empty cursor is none, and 0 is the beginning', async () => {
    for (const query of ['?after=', '?after=0', `?after=${run.runId}.1.0`]) {
      const frames = await (await world.follow(run.runId, query)).toEnd();
      expect(decodeFrames(frames)[0]?.type).toBe('run.created');
      checkHistory([run.frames, frames]);
    }
  });

  test('[RUN-07] a run that nobody has is 404, also for a POST that resumes it', async () => {
    const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    const answers = [
      await world.get(`/api/runs/${id}`),
      await world.get(`/api/runs/${id}/events`),
      await world.post(`/api/runs/${id}/cancel`),
      await world.ask({}, { 'last-event-id': `${id}.1.3` }),
    ];
    for (const { status, body } of answers) expect([status, body['code']]).toEqual([404, 'run_not_found']);
  });
});

describe('every cut point of a run that is still going on', () => {
  test('[RUN-03] [P1] leaving after frame k and coming back loses nothing and repeats nothing', async () => {
    const pieces = ['想', 'a', '好🌏'];
    const script = answer(
      gate(),
      pieces.flatMap((piece) => [...gate(), ...reasoning(piece)]),
      pieces.flatMap((piece) => [...gate(), ...text(piece)]),
      gate(),
      finish(),
      usage(),
      done(),
    );
    const gates = 2 * pieces.length + 2;
    await world.openai.script('custom', script);
    const uncut = await world.chat({ model_name: 'custom' });
    await world.openai.release('gate', gates);
    const total = (await uncut.toEnd()).length;

    for (let k = 1; k < total - 1; k += 1) {
      const conversation_id = newConversation();
      const stream = await world.chat({ model_name: 'custom', conversation_id });
      const witness = await world.follow(stream.runId);
      // The model goes on by itself, one gate at a time, while the reader is there, leaves and comes back.
      const playing = (async () => {
        for (let gateNumber = 0; gateNumber < gates; gateNumber += 1) await world.openai.release();
      })();
      await stream.count(k);
      stream.leave();
      const before = stream.frames.slice(0, k);
      const rest = await (await world.follow(stream.runId, `?after=${before.at(-1)!.id!}`)).toEnd();
      await playing;
      const rounds = await world.rounds(conversation_id);
      checkHistory([await witness.toEnd(), [...before, ...rest]], rounds[0]?.messages);
    }
  });

  test('[RUN-05] a reader that comes late gets what was said merged, and then each piece as it comes', async () => {
    await world.openai.script(
      'custom',
      answer(text('a', 'b', 'c'), gate(), text('d'), gate(), text('e'), finish(), done()),
    );
    const first = await world.chat({ model_name: 'custom', conversation_id: newConversation() });
    await first.frame(
      (item) => JSON.stringify(item).includes('"content":"c"') || JSON.stringify(item).includes('c"'),
    );
    const late = await world.follow(first.runId);
    const merged = await late.frame((item) => item['from_seq'] !== undefined);
    expect(JSON.stringify(merged)).toContain('"content":"abc"');
    await world.openai.release();
    await late.frame((item) => JSON.stringify(item).includes('"content":"d"'));
    await world.openai.release();
    checkHistory([await first.toEnd(), await late.toEnd()]);
  });

  test('[RUN-06] [P2] a cursor that cannot be served gets a snapshot of the run so far, then the live tail', async () => {
    await world.openai.script(
      'custom',
      answer(reasoning('想'), text('one '), gate(), text('two'), finish(), usage(), done()),
    );
    const conversation_id = newConversation();
    const first = await world.chat({ model_name: 'custom', conversation_id });
    await first.frame((item) => JSON.stringify(item).includes('"content":"one '));
    const ahead = await world.follow(first.runId, '?after=100000');
    const garbage = await world.follow(first.runId, '', { 'last-event-id': 'x' });
    for (const reader of [ahead, garbage]) {
      await reader.count(1);
      expect(decodeFrames(reader.frames)[0]).toMatchObject({
        type: 'run.snapshot',
        state: { phase: 'running', parts: [{ text: '想' }, { text: 'one ', ended: false }] },
      });
    }
    // It stands at the head of a silent run, and has its headers all the same.
    const resumedAtSnapshot = await world.follow(first.runId, `?after=${ahead.lastId}`);
    await world.openai.release();
    const whole = await first.toEnd();
    const rounds = await world.rounds(conversation_id);
    checkHistory([whole, await ahead.toEnd(), await garbage.toEnd()], rounds[0]?.messages);
    // A snapshot's id is a position like any other.
    const atSnapshot = comparable(
      fold([...decodeFrames(ahead.frames.slice(0, 1)), ...decodeFrames(await resumedAtSnapshot.toEnd())]),
    );
    expect(atSnapshot).toEqual(comparable(checkHistory([whole]).state));
  });
});

describe('a server that was restarted', () => {
  test('[RUN-10] [STORE-02] late readers get the snapshot from the database and the terminal event', async () => {
    await world.openai.script('everything', everything);
    const env = { DATABASE_URL: world.databaseUrl('restart.db') };
    const first = await world.another(env);
    const conversation_id = newConversation();
    const stream = await world.chat(
      { model_name: 'everything', conversation_id, mcp_servers: ['builtin', 'hostile'] },
      { server: first },
    );
    const frames = await stream.toEnd();
    const failed = await world.chat({ model_name: 'cut', conversation_id }, { server: first });
    await failed.toEnd();
    const temporary = await world.chat({}, { server: first });
    await temporary.toEnd();
    expect(await first.stop()).toBe(0);

    const second = await world.another(env);
    const rounds = await world.rounds(conversation_id, second);
    for (const cursor of ['', `?after=${frames[4]!.id!}`, '?after=4', '?after=garbage']) {
      const late = await world.follow(stream.runId, cursor, {}, second);
      const lateFrames = await late.toEnd();
      const items = decodeFrames(lateFrames);
      expect(items.map(({ type }) => type)).toEqual(['run.snapshot', 'run.completed']);
      const state = fold(items);
      expect(textsOf(state)).toEqual(textsOf(fold(decodeFrames(frames))));
      expect(state.usage).toMatchObject({ input_tokens: 20, output_tokens: 10 });
      // The terminal event stands where it stood: same position, same bytes.
      expect(lateFrames.at(-2)).toEqual(frames.at(-2));
      checkHistory([lateFrames], rounds[0]?.messages);
    }
    for (const cursor of [`?after=${stream.lastId}`, `?after=${bareSeq(stream.lastId)}`])
      expect((await world.follow(stream.runId, cursor, {}, second)).status).toBe(204);

    const lateFailed = fold(decodeFrames(await (await world.follow(failed.runId, '', {}, second)).toEnd()));
    expect(lateFailed).toMatchObject({
      phase: 'failed',
      error: { code: 'upstream_cut' },
      parts: [{ text: 'Hello' }],
    });
    const lateTemporary = fold(
      decodeFrames(await (await world.follow(temporary.runId, '', {}, second)).toEnd()),
    );
    expect(lateTemporary).toMatchObject({ phase: 'completed', parts: [] });

    const { body } = await world.get(`/api/runs/${stream.runId}`, second);
    expect(body).toMatchObject({ state: 'completed', cursor: stream.lastId });
  });

  test('[RUN-11] [P3] [P5] a run that its process left is interrupted, the user message kept, and no position has two meanings', async () => {
    const env = { DATABASE_URL: world.databaseUrl('killed.db') };
    const first = await world.another(env);
    const conversation_id = newConversation();
    const stream = await world.chat(
      { model_name: 'stalled-after', conversation_id, user_prompt: 'kept?' },
      { server: first },
    );
    await stream.frame((item) => JSON.stringify(item).includes('lo'));
    const { lastId } = stream;
    await first.kill();
    expect(await stream.over()).toBe('cut');

    const second = await world.another(env);
    expect((await world.rounds(conversation_id, second))[0]).toMatchObject({
      state: 'interrupted',
      messages: [{ role: 'user', content: 'kept?' }],
    });
    const late = await world.follow(stream.runId, `?after=${lastId}`, {}, second);
    const frames = await late.toEnd();
    expect(fold(decodeFrames(frames))).toMatchObject({
      phase: 'interrupted',
      error: { code: 'run_interrupted', retryable: true },
    });
    const known = new Set(stream.frames.map(({ id }) => id));
    expect(frames.filter(({ id }) => id !== undefined && known.has(id))).toEqual([]);
    const { body } = await world.get(`/api/runs/${stream.runId}`, second);
    expect(body).toMatchObject({ state: 'interrupted', error: { code: 'run_interrupted', retryable: true } });
    expect((await world.follow(stream.runId, `?after=${String(body['cursor'])}`, {}, second)).status).toBe(
      204,
    );

    // The conversation goes on.
    const next = await world.chat({ conversation_id, user_prompt: 'again' }, { server: second });
    checkHistory([await next.toEnd()]);
  });
});

describe('readers side by side', () => {
  test('[RUN-02] [P1] many readers that come at any time see the same run', async () => {
    const words = Array.from({ length: 300 }, (_, index) => `词${index} `);
    const [begin, rest] = [words.slice(0, 100), words.slice(100)];
    await world.openai.script(
      'custom',
      answer(gate(), text(...begin), gate(), text(...rest), finish(), done()),
    );
    const conversation_id = newConversation();
    const first = await world.chat({ model_name: 'custom', conversation_id });
    const early = await Promise.all([1, 2, 3].map(() => world.follow(first.runId)));
    await world.openai.release();
    await first.frame((item) => JSON.stringify(item).includes('词99 '));
    const late = await Promise.all([1, 2, 3].map(() => world.follow(first.runId)));
    await world.openai.release();
    const all = await Promise.all([first, ...early, ...late].map((reader) => reader.toEnd()));
    const { state } = checkHistory(all, (await world.rounds(conversation_id))[0]?.messages);
    expect(textsOf(state)).toEqual([words.join('')]);
  });
});
