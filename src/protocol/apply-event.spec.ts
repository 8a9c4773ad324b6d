import fc from 'fast-check';
import { arbitraryRun } from './run-event.arbitrary.js';
import type { DeltaEvent, EventOf, RunEvent, RunEventBody } from './run-event.js';
import { isDelta } from './run-event.js';
import type { RunPart, RunState, ToolCallPart } from './run-state.js';
import { applyEvent } from './apply-event.js';
import { emptyRunState, isEnded, sequenceOf } from './run-state.js';

/** Bodies as events of one run, in order. */
function events(...bodies: RunEventBody[]): RunEvent[] {
  return bodies.map((body, index) => {
    const time = 'delta' in body ? {} : { ts: index };
    return { v: 1, run_id: 'r', epoch: 1, seq: index + 1, ...time, ...body } as RunEvent;
  });
}

function fold(log: readonly RunEvent[], run_id = 'r'): RunState {
  const state = emptyRunState(run_id);
  for (const event of log) applyEvent(state, event);
  return state;
}

const step = (step_id: string, node_run_id?: string): RunEventBody => ({
  type: 'step.started',
  step_id,
  node_run_id,
  index: 0,
  attempt: 1,
  model: 'm',
});
const textStarted = (step_id: string, part_id: string): RunEventBody => ({
  type: 'text.started',
  step_id,
  part_id,
  message_id: 'msg',
});
const textDelta = (step_id: string, part_id: string, delta: string): RunEventBody => ({
  type: 'text.delta',
  step_id,
  part_id,
  delta,
});
const callStarted = (tool_call_id: string): RunEventBody => ({
  type: 'tool_call.started',
  step_id: 's',
  tool_call_id,
  message_id: 'msg',
  name: 'echo',
  index: 0,
  executor: 'server',
});

describe('[PROTO-03] folding a run', () => {
  it('keeps parallel nodes apart, however their events interleave', () => {
    const node = (node_run_id: string): RunEventBody => ({
      type: 'node.started',
      node_run_id,
      node_name: 'same name',
      level: 0,
      attempt: 1,
    });
    const state = fold(
      events(
        node('n1'),
        node('n2'),
        step('s1', 'n1'),
        step('s2', 'n2'),
        textStarted('s2', 'p2'),
        textStarted('s1', 'p1'),
        textDelta('s1', 'p1', 'one '),
        textDelta('s2', 'p2', 'two '),
        textDelta('s1', 'p1', 'uno'),
        textDelta('s2', 'p2', 'dos'),
        { type: 'node.ended', node_run_id: 'n2', node_name: 'same name', status: 'ok', duration_ms: 1 },
        { type: 'node.ended', node_run_id: 'n1', node_name: 'same name', status: 'error', duration_ms: 2 },
      ),
    );
    expect(state.parts).toMatchObject([
      { kind: 'node', node_run_id: 'n1', status: 'error', ended: true },
      { kind: 'node', node_run_id: 'n2', status: 'ok', ended: true },
      { kind: 'text', text: 'two dos', step_id: 's2' },
      { kind: 'text', text: 'one uno', step_id: 's1' },
    ]);
    expect(state.steps).toMatchObject([{ node_run_id: 'n1' }, { node_run_id: 'n2' }]);
  });

  it('takes back what a step said when it is reset, and nothing else', () => {
    const log = events(
      step('s0'),
      textStarted('s0', 'p0'),
      textDelta('s0', 'p0', 'kept'),
      { type: 'node.started', node_run_id: 'n', node_name: 'n', level: 0, attempt: 1 },
      step('s'),
      { type: 'message.started', step_id: 's', message_id: 'old', role: 'assistant' },
      textStarted('s', 'p'),
      textDelta('s', 'p', 'void'),
      callStarted('c'),
      { type: 'step.reset', step_id: 's', reason: 'connection lost' },
    );
    const state = fold(log);
    expect(state.parts.map((part) => part.kind)).toEqual(['text', 'node']);
    expect(state.steps[1]).not.toHaveProperty('message_id');
    const again = events(
      ...log.map((event) => event as RunEventBody),
      step('s'),
      textStarted('s', 'q'),
      textDelta('s', 'q', 'new'),
    );
    expect(fold(again)).toMatchObject({
      steps: [{ step_id: 's0' }, { step_id: 's' }],
      parts: [{ text: 'kept' }, { kind: 'node' }, { text: 'new' }],
    });
  });

  it('follows a tool call from its name to its result', () => {
    const call = { step_id: 's', tool_call_id: 'c' };
    const result = {
      result_message_id: 'm2',
      status: 'ok' as const,
      content: '2',
      output: { sum: 2 },
      duration_ms: 3,
    };
    const log = events(
      callStarted('c'),
      { type: 'tool_call.args.delta', ...call, index: 0, delta: '{"a":' },
      { type: 'tool_call.args.delta', ...call, index: 0, delta: '1}' },
      { type: 'tool_call.ready', ...call, input: { a: 1 } },
      { type: 'tool.progress', ...call, progress: 1, total: 2, message: 'half' },
      { type: 'tool_result', ...call, ...result },
    );
    const seen = log.map((_, index) => fold(log.slice(0, index + 1)).parts[0] as ToolCallPart);
    expect(seen.map((part) => part.args)).toEqual(['', '{"a":', '{"a":1}', '{"a":1}', '{"a":1}', '{"a":1}']);
    expect(seen.map((part) => part.input)).toEqual([
      undefined,
      undefined,
      undefined,
      { a: 1 },
      { a: 1 },
      { a: 1 },
    ]);
    expect(seen.map((part) => part.ended)).toEqual([false, false, false, false, false, true]);
    expect(seen[4]?.progress).toEqual({ progress: 1, total: 2, message: 'half' });
    expect(seen[5]?.result).toEqual(result);
    const invalid = events(callStarted('c'), { type: 'tool_call.invalid', ...call, reason: 'no JSON' });
    expect(fold(invalid).parts[0]).toMatchObject({ invalid: 'no JSON', ended: false });
  });

  it('keeps the question of an approval until it is answered, and goes on when all are', () => {
    const asked = (id: string): RunEventBody => ({
      type: 'approval.required',
      step_id: 's',
      tool_call_id: id,
      approval_id: `ask-${id}`,
      message: 'May it run?',
      expires_at: 99,
    });
    const answered = (id: string, approval_id = `ask-${id}`): RunEventBody => ({
      type: 'approval.resolved',
      step_id: 's',
      tool_call_id: id,
      approval_id,
      decision: 'denied',
      reason: 'no',
    });
    const suspended = [
      callStarted('a'),
      callStarted('b'),
      asked('a'),
      asked('b'),
      { type: 'run.suspended', approval_ids: ['ask-a', 'ask-b'] },
    ] satisfies RunEventBody[];
    expect(fold(events(...suspended))).toMatchObject({
      phase: 'suspended',
      parts: [{ approval: { approval_id: 'ask-a', message: 'May it run?', expires_at: 99 } }, {}],
    });
    expect(fold(events(...suspended, answered('a'))).phase).toBe('suspended');
    expect(fold(events(...suspended, answered('a'), answered('b', 'another question'))).phase).toBe(
      'suspended',
    );
    expect(fold(events(...suspended, answered('a'), answered('b')))).toMatchObject({
      phase: 'running',
      parts: [{ approval: { decision: 'denied', reason: 'no' } }, { approval: { decision: 'denied' } }],
    });
  });

  it('ends a refusal with its message, and starts another in the next', () => {
    const refusal = (message_id: string, delta: string): RunEventBody => ({
      type: 'refusal.delta',
      step_id: 's',
      message_id,
      delta,
    });
    const log = events(
      refusal('m1', 'No'),
      refusal('m1', '.'),
      { type: 'message.ended', step_id: 's', message_id: 'm1' },
      refusal('m2', 'Never'),
    );
    expect(fold(log).parts).toMatchObject([
      { kind: 'refusal', text: 'No.', ended: true },
      { kind: 'refusal', text: 'Never', ended: false },
    ]);
  });

  it.each([
    [{ type: 'run.completed', finish_reason: 'stop' }, 'completed'],
    [{ type: 'run.failed', code: 'c', error_type: 't', message: 'm', retryable: true }, 'failed'],
    [{ type: 'run.interrupted', code: 'c', error_type: 't', message: 'm', retryable: true }, 'interrupted'],
    [
      {
        type: 'run.cancelled',
        by: 'user',
        reason: 'enough',
        stopped: { model: true, tool_call_ids: ['c'] },
        kept: { characters: 1, tool_results: 0 },
      },
      'cancelled',
    ],
  ] satisfies [RunEventBody, string][])('ends with %j', (body, phase) => {
    const state = fold(events({ type: 'run.started', model: 'm' }, body));
    expect(state.phase).toBe(phase);
    expect(isEnded(state.phase)).toBe(true);
    const { type: _, ...fields } = body;
    expect({ ...state.error, ...state.cancelled, finish_reason: state.finish_reason }).toMatchObject(fields);
  });

  it('counts usage for its step and for the run', () => {
    const usage = { type: 'usage' as const, model: 'm', input_tokens: 3, output_tokens: 2 };
    const state = fold(
      events(
        step('s'),
        { ...usage, scope: 'step', step_id: 's' },
        { ...usage, scope: 'run', input_tokens: 9, estimated: true },
      ),
    );
    expect(state.steps[0]?.usage).toEqual({ input_tokens: 3, output_tokens: 2 });
    expect(state.usage).toEqual({ input_tokens: 9, output_tokens: 2, estimated: true });
  });

  it('survives deltas, ends and results of what it never saw', () => {
    const lost = { step_id: 's', part_id: 'p', tool_call_id: 'c', node_run_id: 'n' };
    const log = events(
      { type: 'text.delta', ...lost, delta: 'x' },
      { type: 'reasoning.ended', ...lost },
      { type: 'tool_call.args.delta', ...lost, index: 0, delta: 'x' },
      { type: 'tool_result', ...lost, result_message_id: 'm', status: 'ok', content: '', duration_ms: 0 },
      { type: 'node.ended', ...lost, node_name: 'n', status: 'ok', duration_ms: 0 },
      { type: 'step.finished', ...lost, finish_reason: 'stop' },
    );
    expect(fold(log)).toEqual({ ...emptyRunState('r'), seq: 6 });
  });

  it('passes over a type that it does not know', () => {
    const state = emptyRunState('r');
    const unknown = {
      type: 'source.cited',
      v: 1,
      run_id: 'r',
      epoch: 1,
      seq: 1,
      ts: 1,
    } as unknown as RunEvent;
    expect(applyEvent(state, unknown)).toBeUndefined();
    expect(state.seq).toBe(1);
  });

  it('says which part an event touched, and that part is the one in the state', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const state = emptyRunState('r');
        for (const event of run) {
          const before = state.parts.map((part) => JSON.stringify(part));
          const touched = applyEvent(state, event);
          if (touched) expect(state.parts).toContain(touched);
          if (event.type === 'step.reset') continue;
          const changed = state.parts.filter((part, index) => JSON.stringify(part) !== before[index]);
          for (const part of changed) expect(part).toBe(touched);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('folds merged deltas to what the single ones fold to', () => {
    fc.assert(
      fc.property(arbitraryRun, fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (run, choices) => {
        const merged = merge(run, choices);
        const state = emptyRunState('r');
        for (const event of merged) {
          expect(sequenceOf(state.seq, event)).toBe('next');
          applyEvent(state, event);
        }
        expect(state).toEqual(fold(run));
      }),
      { numRuns: 200 },
    );
  });

  it('holds, at the end, all text that was sent and not taken back', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const kept = run.filter(
          (event, index) => isDelta(event) && !isReset(run.slice(index), event),
        ) as DeltaEvent[];
        const { parts } = fold(run);
        for (const part of parts) {
          if (part.kind === 'node') continue;
          const text = kept.filter((event) => belongs(event, part)).map((event) => event.delta);
          expect(part.kind === 'tool_call' ? part.args : part.text).toBe(text.join(''));
        }
        expect(kept.every((event) => parts.some((part) => belongs(event, part)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is over exactly after the terminal event', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        expect(isEnded(fold(run.slice(0, -1)).phase)).toBe(false);
        expect(isEnded(fold(run).phase)).toBe(true);
      }),
    );
  });
});

describe('the order of events', () => {
  const event = (seq: number, from_seq?: number): RunEvent => ({
    type: 'text.delta',
    v: 1,
    run_id: 'r',
    epoch: 1,
    seq,
    from_seq,
    step_id: 's',
    part_id: 'p',
    delta: 'x',
  });

  it.each([
    [0, event(1), 'next'],
    [4, event(5), 'next'],
    [4, event(9, 5), 'next'],
    [5, event(5), 'seen'],
    [5, event(3), 'seen'],
    [9, event(9, 5), 'seen'],
    [4, event(6), 'gap'],
    [4, event(9, 6), 'gap'],
    // Begins with what the reader has: applying it would double that, so the reader asks again from where it is.
    [6, event(9, 5), 'gap'],
  ] as const)('after seq %i, %j is %s', (seq, one, expected) => {
    expect(sequenceOf(seq, one)).toBe(expected);
  });

  it('places a skipped frame like an event', () => {
    expect(sequenceOf(4, { seq: 5 })).toBe('next');
    expect(sequenceOf(4, { seq: 8, from_seq: 5 })).toBe('next');
    expect(sequenceOf(4, { seq: 6 })).toBe('gap');
  });

  it('makes duplicates harmless: a reader that gets a run in overlapping pieces has the run', () => {
    fc.assert(
      fc.property(
        arbitraryRun,
        fc.array(fc.tuple(fc.nat(), fc.nat(12)), { maxLength: 10 }),
        (run, pieces) => {
          const state = emptyRunState('r');
          const deliver = (log: readonly RunEvent[]): void => {
            for (const one of log) {
              const order = sequenceOf(state.seq, one);
              if (order === 'gap') return;
              if (order === 'next') applyEvent(state, one);
            }
          };
          for (const [from, length] of pieces)
            deliver(run.slice(from % run.length, (from % run.length) + length));
          deliver(run);
          expect(state).toEqual(fold(run));
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Joins neighbouring deltas of one part, where `choices` says so, as the log does for a reader that is behind. */
function merge(run: readonly RunEvent[], choices: readonly boolean[]): RunEvent[] {
  const merged: RunEvent[] = [];
  run.forEach((event, index) => {
    const last = merged.at(-1);
    if (last && choices[index % choices.length] && isDelta(last) && isDelta(event) && samePart(last, event)) {
      const from_seq = last.from_seq ?? last.seq;
      merged[merged.length - 1] = { ...event, from_seq, delta: last.delta + event.delta };
    } else merged.push(event);
  });
  return merged;
}

function samePart(one: DeltaEvent, other: DeltaEvent): boolean {
  return one.type === other.type && one.step_id === other.step_id && keyOf(one) === keyOf(other);
}

function keyOf(event: DeltaEvent): string {
  if ('part_id' in event) return event.part_id;
  return 'tool_call_id' in event ? event.tool_call_id : event.message_id;
}

function belongs(event: DeltaEvent, part: RunPart): boolean {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
      return event.type === `${part.kind}.delta` && keyOf(event) === part.part_id;
    case 'refusal':
      return event.type === 'refusal.delta' && keyOf(event) === part.message_id;
    case 'tool_call':
      return event.type === 'tool_call.args.delta' && keyOf(event) === part.tool_call_id;
    case 'node':
      return false;
  }
}

function isReset(later: readonly RunEvent[], event: DeltaEvent): boolean {
  return later.some(
    (one): one is EventOf<'step.reset'> => one.type === 'step.reset' && one.step_id === event.step_id,
  );
}
