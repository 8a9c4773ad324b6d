import { messagesOfRun } from '../../src/conversation/messages-of-run.js';
import type { StoredMessage } from '../../src/conversation/stored-message.js';
import { NativeDecoder } from '../../src/protocol/native-codec.js';
import { isTerminal, type RunEvent } from '../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../src/protocol/run-snapshot.js';
import { applyEvent } from '../../src/protocol/apply-event.js';
import { emptyRunState, sequenceOf, type RunState } from '../../src/protocol/run-state.js';
import { faultsOf } from './log-faults.js';
import type { WireFrame } from './sse-client.js';

export type Item = RunEvent | RunSnapshot;

/** What one reader saw, over all its connections. */
export interface View {
  items: Item[];
  state: RunState;
}

/** Decodes frames; throws when one of them is not what the native dialect allows. */
export function decodeFrames(frames: readonly WireFrame[]): Item[] {
  const decoder = new NativeDecoder();
  return frames.flatMap((frame, index) => {
    const { events, done, fault, skipped } = decoder.decode(frame);
    if (fault ?? skipped) throw new Error(`frame ${index} is not understood: ${frame.data}`);
    if (done && (frame.id !== undefined || index !== frames.length - 1))
      throw new Error('[DONE] has an id or is not last');
    if (!done && frame.id === undefined) throw new Error(`frame ${index} has no id`);
    return events;
  });
}

/**
 * Folds what a reader saw, strictly: each event must follow the one before it without a hole and without a repetition
 * (promises.md §2.1). `state` is what the reader had before.
 */
export function fold(items: readonly Item[], state = emptyRunState(items[0]?.run_id ?? '')): RunState {
  let current = state;
  for (const item of items) {
    if (item.run_id !== current.run_id) throw new Error(`an event of run ${item.run_id}`);
    if (item.type === 'run.snapshot') {
      current = structuredClone(item.state);
      continue;
    }
    if (sequenceOf(current.seq, item) !== 'next')
      throw new Error(`${item.type} with seq ${item.seq} after ${current.seq}: ${JSON.stringify(item)}`);
    applyEvent(current, item);
  }
  return current;
}

/** A state in which absent and undefined are the same, to compare two of them. */
export function comparable(state: RunState): unknown {
  return JSON.parse(JSON.stringify(state));
}

/**
 * The history checker: throws unless all the readers of one run agree. Frames at the same position that stand for the same events
 * are the same bytes; each reader's events have no hole, no repetition, and one terminal, which is last; all fold to the same
 * state; and that state holds the stored messages, where there are some.
 */
export function checkHistory(
  readers: readonly (readonly WireFrame[])[],
  stored?: readonly StoredMessage[],
): View {
  const bytesAt = new Map<string, string>();
  const views = readers.map((frames): View => {
    const items = decodeFrames(frames);
    frames.forEach((frame, index) => compareBytes(bytesAt, frame, items[index]));
    const terminals = items.filter((item) => item.type !== 'run.snapshot' && isTerminal(item));
    if (terminals.length !== 1 || terminals[0] !== items.at(-1))
      throw new Error(`${terminals.length} terminal events, the last item is ${items.at(-1)?.type}`);
    const events = items.filter((item): item is RunEvent => item.type !== 'run.snapshot');
    if (events.length === items.length && events.every((event) => !('from_seq' in event))) {
      const faults = faultsOf(events);
      if (faults.length > 0) throw new Error(faults.join('\n'));
    }
    return { items, state: fold(items) };
  });
  const [first, ...others] = views;
  if (!first) throw new Error('no reader');
  for (const other of others) {
    const [a, b] = [first, other].map((view) => JSON.stringify(comparable(view.state)));
    if (a !== b) throw new Error(`two readers differ:\n${a}\n${b}`);
  }
  if (stored) compareStored(first.state, stored);
  return first;
}

/** Frames at the same position that stand for the same events are the same bytes. */
export function compareBytes(
  bytesAt: Map<string, string>,
  frame: Pick<WireFrame, 'id' | 'data'>,
  item: Item | undefined,
): void {
  if (frame.id === undefined || !item || item.type === 'run.snapshot') return;
  const from = 'from_seq' in item ? item.from_seq : item.seq;
  const key = `${frame.id} from ${from ?? item.seq}`;
  const known = bytesAt.get(key);
  if (known !== undefined && known !== frame.data)
    throw new Error(`two frames at ${key}:\n${known}\n${frame.data}`);
  bytesAt.set(key, frame.data);
}

/** The words of a state, read without the code that stores them. */
export function textsOf(state: RunState): string[] {
  return state.steps.map(({ step_id }) =>
    state.parts
      .map((part) =>
        part.kind !== 'node' && part.step_id === step_id && (part.kind === 'text' || part.kind === 'refusal')
          ? part.text
          : '',
      )
      .join(''),
  );
}

function compareStored(state: RunState, stored: readonly StoredMessage[]): void {
  // A step that was ended before it said anything is no message.
  const begun = new Set(state.parts.flatMap((part) => (part.kind === 'node' ? [] : [part.step_id])));
  const texts = textsOf(state).filter((_, at) => begun.has(state.steps[at]!.step_id));
  const said = [...texts, ...(state.design ? [state.design.message] : [])].join('|');
  const kept = stored.flatMap((message) => (message.role === 'assistant' ? [message.content] : [])).join('|');
  if (said !== kept && !(kept === '' && said.replaceAll('|', '') === ''))
    throw new Error(`streamed and stored differ:\n${said}\n${kept}`);
  const [folded, round] = [messagesOfRun(state), stored.slice(1)].map((messages) => JSON.stringify(messages));
  if (folded !== round) throw new Error(`folded and stored messages differ:\n${folded}\n${round}`);
}
