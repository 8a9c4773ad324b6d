import { MillraceError } from '../protocol/error-code.js';
import type { FinishReason } from '../protocol/run-event.js';
import { emptyRunState, type RunState } from '../protocol/run-state.js';
import { RunCancelled, RunInterrupted } from './run-cancelled.js';
import { terminalEvent } from './terminal-event.js';

function stateWith(finish_reason?: FinishReason): RunState {
  const state = emptyRunState('run');
  state.steps.push({ step_id: 's', index: 0, model: 'm', ...(finish_reason && { finish_reason }) });
  return state;
}

describe('terminalEvent', () => {
  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'max_iterations'],
  ] as const)(
    '[CHAT-10] work that ends after a step that finished with %s completes with %s',
    (reason, expected) => {
      expect(terminalEvent(stateWith(reason), {}, 'api_error')).toEqual({
        type: 'run.completed',
        finish_reason: expected,
      });
    },
  );

  test("[OAI-03] work that ends with calls of the client's tools completes with tool_calls", () => {
    const state = stateWith('tool_calls');
    state.parts.push({
      kind: 'tool_call',
      tool_call_id: 'c',
      message_id: 'm',
      step_id: 's',
      name: 'f',
      index: 0,
      executor: 'client',
      args: '{}',
      ended: true,
    });
    expect(terminalEvent(state, {}, 'api_error')).toMatchObject({ finish_reason: 'tool_calls' });
  });

  test('[RUN-18] a failure keeps its code and its words; any other error says nothing of itself', () => {
    const known = new MillraceError('upstream_cut', { detail: 'Cut.', cause: new Error('secret') });
    expect(terminalEvent(stateWith(), { error: known }, 'api_error')).toEqual({
      type: 'run.failed',
      code: 'upstream_cut',
      error_type: 'api_error',
      message: 'Cut.',
      retryable: true,
    });
    const waiting = new MillraceError('upstream_rate_limited', { retryAfterMs: 1500 });
    expect(terminalEvent(stateWith(), { error: waiting }, 'api_error')).toMatchObject({
      retry_after_ms: 1500,
    });
    const unknown = terminalEvent(stateWith(), { error: new Error('secret') }, 'api_error');
    expect(unknown).toMatchObject({ type: 'run.failed', code: 'internal', retryable: true });
    expect(JSON.stringify(unknown)).not.toContain('secret');
  });

  test('[RUN-12] a cancel says by whom, what was stopped and what is kept', () => {
    const state = stateWith();
    const part = { step_id: 's', message_id: 'm', ended: false };
    const call = { ...part, kind: 'tool_call' as const, name: 't', executor: 'server' as const, args: '' };
    const result = { result_message_id: 'r', status: 'ok' as const, content: 'xyz', duration_ms: 1 };
    state.parts.push(
      { ...part, kind: 'reasoning', part_id: '1', text: 'not counted' },
      { ...part, kind: 'text', part_id: '2', text: 'four' },
      { ...part, kind: 'refusal', text: 'no' },
      { ...call, tool_call_id: 'open', index: 0 },
      { ...call, tool_call_id: 'ended', index: 1, ended: true, result },
    );
    expect(terminalEvent(state, { error: new RunCancelled('user', 'enough') }, 'api_error')).toEqual({
      type: 'run.cancelled',
      by: 'user',
      reason: 'enough',
      stopped: { model: true, tool_call_ids: ['open'] },
      kept: { characters: 6, tool_results: 1 },
    });
  });

  test('[OPS-04] a server that stops interrupts', () => {
    expect(terminalEvent(stateWith(), { error: new RunInterrupted() }, 'execution_error')).toMatchObject({
      type: 'run.interrupted',
      code: 'run_interrupted',
      error_type: 'execution_error',
      retryable: true,
    });
  });
});
