import { catchError, concat, defer, EMPTY, map, Observable, of } from 'rxjs';
import { lastText, messagesOfNode } from '../../conversation/messages-of-run.js';
import type { StoredMessage } from '../../conversation/stored-message.js';
import { isDelta, type RunEvent, type RunEventBody } from '../../protocol/run-event.js';
import { emptyRunState, type RunState } from '../../protocol/run-state.js';
import { closeOpenParts } from '../../run/close-open-parts.js';
import { FoldedState } from '../../run/folded-state.js';
import { newUlid } from '../../run/new-ulid.js';
import type { RunContext } from '../../run/run-program.js';
import { withinTime } from './within-time.js';

/** One execution of a node: of a graph, or of an agent that another one calls. */
export interface NodeStart {
  /** Unique in the run. Default: a new one. */
  nodeRunId?: string;
  name: string;
  level: number;
  /** The call of a tool that this node answers. */
  toolCallId?: string;
  /** How often the node has begun in this run, from 1. */
  attempt?: number;
  /** How long it may take. Default: as long as the run. */
  timeoutSeconds?: number | null;
}

export interface NodeOutcome {
  nodeRunId: string;
  status: 'ok' | 'error';
  /** Why the node failed. */
  error?: unknown;
  /** What the node said itself, without the nodes inside of it. */
  messages: StoredMessage[];
  /** What it said last; empty when that was nothing. */
  text: string;
}

/**
 * Does a piece of work as a node of a run: `node.started`, then the work with the node's id on every event, then `node.ended`. A
 * node within the node keeps its own id and names this one as its parent.
 *
 * Work that fails, or takes too long, fails the node and not the run: what it left open is closed, and `ended` is told why. The last
 * event waits for `ended`, whose own error is the run's. When the run is aborted, so is the node, and the run closes it.
 */
export function inNode(
  node: NodeStart,
  context: RunContext,
  work: (context: RunContext) => Observable<readonly RunEventBody[]>,
  ended: (outcome: NodeOutcome) => void | Promise<void>,
): Observable<readonly RunEventBody[]> {
  return defer(() => {
    const { nodeRunId = `node_${newUlid()}`, name, level, attempt = 1 } = node;
    const node_run_id = nodeRunId;
    const start = performance.now();
    const run = new FoldedState(emptyRunState(context.runId));
    let failure: { error: unknown } | undefined;

    const take = (bodies: readonly RunEventBody[]): RunEventBody[] =>
      bodies.map((body) => {
        const stamped = stamp(body, node_run_id);
        // Of a node inside of this one it matters what is left open, not the text.
        if (stamped !== body || !isDelta(body)) run.apply(stamped as RunEvent);
        return stamped;
      });
    const limit = { what: `Node '${name}'`, seconds: node.timeoutSeconds };
    const inside = withinTime(limit, context, work).pipe(
      map(take),
      catchError((error: unknown) => {
        context.signal.throwIfAborted();
        failure = { error };
        return EMPTY;
      }),
    );
    const end = defer(async () => {
      const closing = failure ? take(closeOpenParts(run.current, 'cancelled')) : [];
      const status = failure ? 'error' : 'ok';
      await ended({ ...outcomeOf(run.current, nodeRunId), status, ...failure });
      const duration_ms = Math.round(performance.now() - start);
      return [
        ...closing,
        { type: 'node.ended', node_run_id, node_name: name, status, duration_ms },
      ] satisfies RunEventBody[];
    });
    const started: RunEventBody = {
      type: 'node.started',
      node_run_id,
      node_name: name,
      level,
      attempt,
      ...(node.toolCallId !== undefined && { tool_call_id: node.toolCallId }),
    };
    return concat(of([started]), inside, end);
  });
}

function outcomeOf(run: RunState, nodeRunId: string) {
  const messages = messagesOfNode(run, nodeRunId);
  return { nodeRunId, messages, text: lastText(messages) };
}

function stamp(body: RunEventBody, node_run_id: string): RunEventBody {
  if (body.type === 'node.started') return { parent_node_run_id: node_run_id, ...body };
  if ('node_run_id' in body && body.node_run_id !== undefined) return body;
  return { ...body, node_run_id } as RunEventBody;
}
