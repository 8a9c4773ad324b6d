import { effect } from '@preact/signals';
import type { RunEvent, RunEventBody } from '../../../src/protocol/run-event.js';
import { applyEvent } from '../../../src/protocol/apply-event.js';
import { emptyRunState } from '../../../src/protocol/run-state.js';
import { FrameScheduler } from './frame-scheduler.js';
import { RunModel } from './run-model.js';
import { LinesBlock, TextBlock } from './text-block.js';
import { ToolBlock } from './tool-block.js';

const RUN = '01JD0000000000000000000000';
const step = { step_id: 's1' };

/** Gives bodies their envelope, one second apart. */
function logOf(bodies: readonly RunEventBody[]): RunEvent[] {
  return bodies.map((body, index) => {
    const stamp = body.type.endsWith('.delta') ? {} : { ts: 1000 * (index + 1) };
    return { v: 1, run_id: RUN, epoch: 1, seq: index + 1, ...stamp, ...body } as RunEvent;
  });
}

function modelWithFrames() {
  const frames: (() => void)[] = [];
  const scheduler = new FrameScheduler({
    requestFrame: (callback) => frames.push(callback),
    hidden: () => false,
    onVisible: () => undefined,
  });
  return {
    model: new RunModel(scheduler),
    frame: () => {
      for (const callback of frames.splice(0)) callback();
    },
  };
}

const opening: RunEventBody[] = [
  { type: 'run.created', mode: 'chat', model: 'demo', conversation_id: 'c1' },
  { type: 'run.started', model: 'demo' },
  { type: 'step.started', ...step, index: 0, attempt: 1, model: 'demo' },
  { type: 'message.started', ...step, message_id: 'm1', role: 'assistant' },
];
const words = (part_id: string, deltas: readonly string[]): RunEventBody[] =>
  deltas.map((delta) => ({ type: 'text.delta', ...step, part_id, delta }));

describe('RunModel', () => {
  it('has the text of a part that has ended as its document has it', () => {
    const { model, frame } = modelWithFrames();
    const ending: RunEventBody = { type: 'text.ended', ...step, part_id: 't1' };
    model.apply(
      logOf([
        ...opening,
        { type: 'text.started', ...step, part_id: 't1', message_id: 'm1' },
        ...words('t1', ['a\r', '\nb', '\rc\r']),
        ending,
      ]),
    );
    frame();
    expect(model.text).toBe('a\nb\nc\n');
    expect((model.blocks.value[0] as TextBlock).document.text).toBe(model.text);
  });

  it('writes signals once a frame and reaches only the block that changed', () => {
    const { model, frame } = modelWithFrames();
    const events = logOf([
      ...opening,
      { type: 'reasoning.started', ...step, part_id: 'r1', message_id: 'm1' },
      { type: 'reasoning.delta', ...step, part_id: 'r1', delta: 'hm' },
      { type: 'reasoning.ended', ...step, part_id: 'r1' },
      { type: 'text.started', ...step, part_id: 't1', message_id: 'm1' },
      ...words('t1', ['Hel', 'lo ', '世界']),
    ]);
    let lists = 0;
    effect(() => {
      void model.blocks.value;
      lists += 1;
    });
    model.apply(events.slice(0, 8));
    expect(model.blocks.value).toHaveLength(0);
    frame();
    expect(model.blocks.value.map((block) => block.kind)).toEqual(['reasoning', 'text']);
    const before = model.blocks.value;
    model.apply(events.slice(8));
    frame();
    expect(model.blocks.value).toBe(before);
    expect(lists).toBe(2);
    const [reasoning, text] = before;
    expect(reasoning instanceof LinesBlock && reasoning.document.text).toBe('hm');
    expect(reasoning instanceof LinesBlock && reasoning.durationMs.value).toBe(2000);
    expect(text instanceof TextBlock && text.document.text).toBe('Hello 世界');
    expect(text instanceof TextBlock && text.document.ended).toBe(false);
    expect(model.text).toBe('Hello 世界');
  });

  it('shows every delta once when a part begins and grows in the same batch', () => {
    const { model, frame } = modelWithFrames();
    model.apply(
      logOf([
        ...opening,
        { type: 'text.started', ...step, part_id: 't1', message_id: 'm1' },
        ...words('t1', ['a', 'b', 'c']),
      ]),
    );
    frame();
    const [text] = model.blocks.value;
    expect(text instanceof TextBlock && text.document.text).toBe('abc');
  });

  it('begins a refusal with its first delta', () => {
    const { model, frame } = modelWithFrames();
    const refusal = (delta: string): RunEventBody => ({
      type: 'refusal.delta',
      ...step,
      message_id: 'm1',
      delta,
    });
    model.apply(logOf([...opening, refusal('I '), refusal("can't")]));
    frame();
    const [block] = model.blocks.value;
    expect(block instanceof LinesBlock && block.kind === 'refusal' && block.document.text).toBe("I can't");
  });

  it('follows a tool call from its first argument to its result', () => {
    const { model, frame } = modelWithFrames();
    const call = { ...step, tool_call_id: 'k1' };
    const events = logOf([
      ...opening,
      {
        type: 'tool_call.started',
        ...call,
        message_id: 'm1',
        name: 'clock__now',
        index: 0,
        executor: 'server',
      },
      { type: 'tool_call.args.delta', ...call, index: 0, delta: '{"zone":' },
      { type: 'tool_call.args.delta', ...call, index: 0, delta: '"UTC"}' },
      { type: 'tool_call.ready', ...call, input: { zone: 'UTC' } },
      { type: 'tool.progress', ...call, progress: 1, total: 2 },
      {
        type: 'tool_result',
        ...call,
        result_message_id: 'x',
        status: 'ok',
        content: '\n12:00\nUTC',
        duration_ms: 7,
      },
    ]);
    const phases: string[] = [];
    for (const event of events) {
      model.apply([event]);
      frame();
      const block = model.blocks.value[0];
      if (block instanceof ToolBlock)
        phases.push(`${block.view.value.phase} ${model.runningTool.value ?? '-'}`);
    }
    expect(phases).toEqual(['writing -', 'writing -', 'writing -', 'running now', 'running now', 'ok -']);
    const block = model.blocks.value[0] as ToolBlock;
    expect([block.server, block.tool]).toEqual(['clock', 'now']);
    expect(block.args.value.text).toBe('{"zone":"UTC"}');
    expect(block.result.text).toBe('\n12:00\nUTC');
    expect(block.view.value).toEqual({
      phase: 'ok',
      progress: undefined,
      durationMs: 7,
      invalid: undefined,
      firstLine: '12:00',
    });
  });

  it('drops what a step had written when the step is reset', () => {
    const { model, frame } = modelWithFrames();
    model.apply(
      logOf([
        ...opening,
        { type: 'text.started', ...step, part_id: 't1', message_id: 'm1' },
        ...words('t1', ['lost']),
        { type: 'step.reset', ...step, reason: 'retry' },
        { type: 'text.started', ...step, part_id: 't2', message_id: 'm1' },
        ...words('t2', ['kept']),
      ]),
    );
    frame();
    expect(model.blocks.value.map((block) => block.key)).toEqual(['text:t2']);
    expect(model.text).toBe('kept');
  });

  it('replaces everything by a snapshot, and goes on from it', () => {
    const { model, frame } = modelWithFrames();
    const events = logOf([
      ...opening,
      { type: 'text.started', ...step, part_id: 't1', message_id: 'm1' },
      ...words('t1', ['one ', 'two ', 'three']),
      { type: 'text.ended', ...step, part_id: 't1' },
      { type: 'run.completed', finish_reason: 'stop' },
    ]);
    const state = emptyRunState(RUN);
    for (const event of events.slice(0, 7)) applyEvent(state, event);
    model.apply(events.slice(0, 6));
    frame();
    model.replace({
      type: 'run.snapshot',
      v: 1,
      run_id: RUN,
      epoch: 2,
      through_seq: 7,
      reason: 'lost',
      state,
    });
    model.apply(events.slice(7));
    frame();
    const [text] = model.blocks.value;
    expect(text instanceof TextBlock && text.document.text).toBe('one two three');
    expect(model.ended.value).toBe(true);
    // The snapshot's own object is nobody else's business.
    expect(state.phase).toBe('running');
  });

  it('remembers where a warning stood, and how the run ended', () => {
    const { model, frame } = modelWithFrames();
    model.apply(
      logOf([
        ...opening,
        { type: 'warning', code: 'early', message: 'before the text' },
        { type: 'text.started', ...step, part_id: 't1', message_id: 'm1' },
        { type: 'warning', code: 'late', message: 'after it' },
        { type: 'usage', scope: 'run', model: 'demo', input_tokens: 3, output_tokens: 4 },
        {
          type: 'run.failed',
          code: 'upstream_cut',
          error_type: 'api_error',
          message: 'Cut.',
          retryable: true,
        },
      ]),
    );
    frame();
    expect(model.summary.value).toMatchObject({
      phase: 'failed',
      model: 'demo',
      usage: { input_tokens: 3, output_tokens: 4 },
      error: { code: 'upstream_cut', retryable: true },
      warnings: [
        { code: 'early', after: 0 },
        { code: 'late', after: 1 },
      ],
    });
  });

  it('says what happened to the conversation since its last run', () => {
    const { model, frame } = modelWithFrames();
    model.apply(logOf(opening));
    frame();
    expect([model.summary.value.naming, model.compacted]).toEqual([undefined, false]);
    const counts = { original_messages: 4, compacted_messages: 2, tool_contents_summarized: 0 };
    const [created, ...rest] = opening;
    const { model: next, frame: nextFrame } = modelWithFrames();
    next.apply(
      logOf([
        created!,
        { type: 'conversation.titled', conversation_id: 'c1', title: '标题', tags: ['a'] },
        {
          type: 'conversation.compacted',
          conversation_id: 'c1',
          compact_type: 'brutal',
          round: 1,
          ...counts,
        },
        ...rest,
      ]),
    );
    expect(next.compacted).toBe(true);
    nextFrame();
    expect(next.summary.value.naming).toEqual({ title: '标题', tags: ['a'] });
  });
});
