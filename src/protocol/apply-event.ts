import type { EventOf, RunEvent } from './run-event.js';
import type {
  NodePart,
  RefusalPart,
  RunPart,
  RunState,
  StepState,
  TextPart,
  ToolCallPart,
} from './run-state.js';

/**
 * Folds one event into the state, in place, and returns the part it touched, if it touched one. Only `step.reset` takes parts
 * away, and then `state.parts` is a new array. The cost does not depend on the length of the run: parts are looked up from the
 * end, where the open ones are.
 */
export function applyEvent(state: RunState, event: RunEvent): RunPart | undefined {
  state.seq = event.seq;
  switch (event.type) {
    case 'run.created':
      state.mode = event.mode;
      state.model = event.model;
      state.agent_name = event.agent_name;
      state.conversation_id = event.conversation_id;
      return undefined;
    case 'run.started':
      state.phase = 'running';
      state.model = event.model;
      return undefined;
    case 'run.suspended':
      state.phase = 'suspended';
      return undefined;
    case 'run.completed':
      state.phase = 'completed';
      state.finish_reason = event.finish_reason;
      state.final_result = event.final_result;
      state.execution_chain = event.execution_chain;
      return undefined;
    case 'run.failed':
    case 'run.interrupted':
      state.phase = event.type === 'run.failed' ? 'failed' : 'interrupted';
      state.error = {
        code: event.code,
        error_type: event.error_type,
        message: event.message,
        retryable: event.retryable,
        retry_after_ms: event.retry_after_ms,
      };
      return undefined;
    case 'run.cancelled':
      state.phase = 'cancelled';
      state.cancelled = {
        by: event.by,
        reason: event.reason,
        stopped: event.stopped,
        kept: event.kept,
      };
      return undefined;

    case 'step.started':
      state.phase = 'running';
      startStep(state, event);
      return undefined;
    case 'step.reset': {
      const step = findStep(state, event.step_id);
      if (step) {
        delete step.message_id;
        delete step.message_ended;
        delete step.logprobs;
      }
      state.parts = state.parts.filter((part) => part.kind === 'node' || part.step_id !== event.step_id);
      return undefined;
    }
    case 'step.finished': {
      const step = findStep(state, event.step_id);
      if (step) step.finish_reason = event.finish_reason;
      return undefined;
    }
    case 'message.started': {
      const step = findStep(state, event.step_id);
      if (step) step.message_id = event.message_id;
      return undefined;
    }
    case 'message.ended': {
      const step = findStep(state, event.step_id);
      if (step) step.message_ended = true;
      const refusal = findPart(
        state,
        (part) => part.kind === 'refusal' && part.message_id === event.message_id,
      );
      if (refusal) refusal.ended = true;
      return refusal;
    }

    case 'text.started':
    case 'reasoning.started':
      return push(state, {
        kind: event.type === 'text.started' ? 'text' : 'reasoning',
        part_id: event.part_id,
        message_id: event.message_id,
        step_id: event.step_id,
        node_run_id: event.node_run_id,
        text: '',
        ended: false,
      });
    case 'text.delta':
    case 'reasoning.delta': {
      const part = findText(state, event.part_id);
      if (part) part.text += event.delta;
      return part;
    }
    case 'text.ended':
    case 'reasoning.ended': {
      const part = findText(state, event.part_id);
      if (part) part.ended = true;
      return part;
    }
    case 'refusal.delta': {
      const open = findPart(state, (part) => part.kind === 'refusal' && part.message_id === event.message_id);
      const part =
        (open as RefusalPart | undefined) ??
        push(state, {
          kind: 'refusal',
          message_id: event.message_id,
          step_id: event.step_id,
          node_run_id: event.node_run_id,
          text: '',
          ended: false,
        });
      part.text += event.delta;
      return part;
    }

    case 'text.logprobs': {
      const step = findStep(state, event.step_id);
      if (!step) return undefined;
      const { content, refusal } = event;
      step.logprobs ??= {};
      if (content) (step.logprobs.content ??= []).push(...content);
      if (refusal) (step.logprobs.refusal ??= []).push(...refusal);
      return undefined;
    }

    case 'tool_call.started':
      return push(state, {
        kind: 'tool_call',
        tool_call_id: event.tool_call_id,
        message_id: event.message_id,
        step_id: event.step_id,
        node_run_id: event.node_run_id,
        name: event.name,
        index: event.index,
        executor: event.executor,
        server: event.server,
        tool: event.tool,
        args: '',
        ended: false,
      });
    case 'tool_call.args.delta':
    case 'tool_call.ready':
    case 'tool_call.invalid':
    case 'tool.progress':
    case 'tool_result': {
      const call = findToolCall(state, event.tool_call_id);
      if (call) applyToCall(call, event);
      return call;
    }

    case 'node.started':
      return push(state, {
        kind: 'node',
        node_run_id: event.node_run_id,
        node_name: event.node_name,
        level: event.level,
        parent_node_run_id: event.parent_node_run_id,
        tool_call_id: event.tool_call_id,
        ended: false,
      });
    case 'node.ended': {
      const part = findPart(state, (one) => one.kind === 'node' && one.node_run_id === event.node_run_id) as
        NodePart | undefined;
      if (!part) return undefined;
      part.ended = true;
      part.status = event.status;
      part.duration_ms = event.duration_ms;
      return part;
    }

    case 'usage': {
      const {
        input_tokens,
        output_tokens,
        cached_input_tokens,
        cache_write_tokens,
        reasoning_tokens,
        estimated,
      } = event;
      const counts = {
        input_tokens,
        output_tokens,
        cached_input_tokens,
        cache_write_tokens,
        reasoning_tokens,
        estimated,
      };
      if (event.scope === 'run') state.usage = counts;
      else if (event.step_id !== undefined) {
        const step = findStep(state, event.step_id);
        if (step) step.usage = counts;
      }
      return undefined;
    }

    case 'approval.required': {
      const call = findToolCall(state, event.tool_call_id);
      if (!call) return undefined;
      call.approval = {
        approval_id: event.approval_id,
        message: event.message,
        expires_at: event.expires_at,
      };
      return call;
    }
    case 'approval.resolved': {
      const call = findToolCall(state, event.tool_call_id);
      if (call?.approval?.approval_id === event.approval_id) {
        call.approval.decision = event.decision;
        call.approval.reason = event.reason;
      }
      if (state.phase === 'suspended' && !state.parts.some(isUndecided)) state.phase = 'running';
      return call;
    }
    case 'conversation.created':
      state.conversation_id = event.conversation_id;
      return undefined;
    case 'conversation.titled':
      state.title = event.title;
      state.tags = event.tags;
      return undefined;
    case 'conversation.compacted':
      return undefined;
    case 'design.completed': {
      const { graph_name, message } = event;
      state.design = { completed: true, graph_name, message };
      return undefined;
    }
    case 'design.incomplete': {
      const { reason, message, missing_fields, faults, graph_name } = event;
      state.design = { completed: false, reason, message, missing_fields, faults, graph_name };
      return undefined;
    }
    case 'warning':
      state.warnings.push({ code: event.code, message: event.message });
      return undefined;
    default:
      return ignore(event);
  }
}

type CallEvent = EventOf<
  'tool_call.args.delta' | 'tool_call.ready' | 'tool_call.invalid' | 'tool.progress' | 'tool_result'
>;

function applyToCall(call: ToolCallPart, event: CallEvent): void {
  switch (event.type) {
    case 'tool_call.args.delta':
      call.args += event.delta;
      return;
    case 'tool_call.ready':
      call.input = event.input;
      call.ended = call.executor === 'client';
      return;
    case 'tool_call.invalid':
      call.invalid = event.reason;
      call.ended = call.executor === 'client';
      return;
    case 'tool.progress':
      call.progress = { progress: event.progress, total: event.total, message: event.message };
      return;
    case 'tool_result':
      call.ended = true;
      call.result = {
        result_message_id: event.result_message_id,
        status: event.status,
        content: event.content,
        duration_ms: event.duration_ms,
        output: event.output,
      };
  }
}

/** An event type that this version does not know is skipped, so that an older reader survives a newer server. */
function ignore(_event: never): undefined {
  return undefined;
}

/** A step that is tried again (`step.reset`) starts anew under its own id and keeps its place. */
function startStep(state: RunState, event: EventOf<'step.started'>): void {
  const step: StepState = {
    step_id: event.step_id,
    index: event.index,
    model: event.model,
    node_run_id: event.node_run_id,
  };
  const earlier = state.steps.findLastIndex((one) => one.step_id === event.step_id);
  if (earlier === -1) state.steps.push(step);
  else state.steps[earlier] = step;
}

function isUndecided(part: RunPart): boolean {
  return part.kind === 'tool_call' && part.approval !== undefined && part.approval.decision === undefined;
}

function push<P extends RunPart>(state: RunState, part: P): P {
  state.parts.push(part);
  return part;
}

function findPart(state: RunState, matches: (part: RunPart) => boolean): RunPart | undefined {
  return state.parts.findLast(matches);
}

function findText(state: RunState, part_id: string): TextPart | undefined {
  return findPart(
    state,
    (part) => (part.kind === 'text' || part.kind === 'reasoning') && part.part_id === part_id,
  ) as TextPart | undefined;
}

function findToolCall(state: RunState, tool_call_id: string): ToolCallPart | undefined {
  return findPart(state, (part) => part.kind === 'tool_call' && part.tool_call_id === tool_call_id) as
    ToolCallPart | undefined;
}

function findStep(state: RunState, step_id: string): StepState | undefined {
  return state.steps.findLast((step) => step.step_id === step_id);
}
