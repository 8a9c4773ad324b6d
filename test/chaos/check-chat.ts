import { messagesOfRun } from '../../src/conversation/messages-of-run.js';
import type { RunEvent } from '../../src/protocol/run-event.js';
import { compareBytes, decodeFrames, fold } from '../support/history-checker.js';
import { SseReader } from '../support/sse-client.js';
import type { RoundView } from '../support/world.js';
import { countWords, saidBy } from './answers.js';
import type { Chat } from './chat.js';
import { Random } from './random.js';
import { Reader } from './reader.js';
import { insist, type Stage } from './stage.js';

const STATE_OF: Record<string, string> = {
  'run.completed': 'completed',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
  'run.interrupted': 'interrupted',
};

/** A word that was sent may be heard this much later, after its sender died. */
const ON_WAY_MS = 500;

/** What became of a chat. */
export interface Outcome {
  state: string;
  /** How much readers had seen of an interrupted answer that was not kept, and for how long before the kill. */
  lostCharacters: number;
  lostMs: number;
  /** From the death of its instance to the stored end, of an interrupted answer. */
  endedAfterMs: number;
}

/**
 * The history checker over everything that knows of one chat that is over: its live readers, the run's row, the stored
 * conversation, a late reader on every instance, and a reader whose cursor is ahead of everything. Throws, in words, when two of
 * them disagree, when a word is missing or twice, when there is not exactly one end, or when a tool was called twice.
 */
export async function checkChat(chat: Chat, stage: Stage): Promise<Outcome> {
  const { first, kind } = chat;
  const { body: detail, status } = await stage.ask(`/api/chat/conversations/${chat.conversation}`);
  const rounds = status === 200 ? (detail['rounds'] as RoundView[]) : [];
  if (rounds.length > 1) throw new Error(`one message, ${rounds.length} rounds`);
  const [round] = rounds;
  if (first.end?.kind === 'refused') return refused(chat, round);
  const runId = first.runId;
  if (runId === undefined || !round) throw new Error('a message that was accepted is not stored');
  same('the stored question', round.messages[0], { role: 'user', content: chat.prompt });
  same('the run of the round', round.run_id, runId);

  const late = await Promise.all(
    Array.from({ length: stage.count }, (_, index) => readLate(stage, index, runId)),
  );
  const views = [...chat.readers, ...late].map(viewOf);
  const [view] = views;
  if (!view) throw new Error('nobody has read it');
  compareAllBytes([...chat.readers, ...late]);
  views.push(await readAhead(stage, runId));
  for (const other of views) {
    same('the terminal event of two readers', bodyOf(other.terminal), bodyOf(view.terminal));
    same('what a reader has, and the stored messages', messagesOfRun(other.state), round.messages.slice(1));
  }
  const state = STATE_OF[view.terminal.type]!;
  const { body: row } = await stage.ask(`/api/runs/${runId}`);
  same('the state of the run and its terminal event', row['state'], state);
  same('the state of the round and its terminal event', round.state, state);

  const words = countWords(view.state);
  if (state === 'completed' && words !== kind.words) throw new Error(`${words} of ${kind.words} words`);
  checkTools(
    stage,
    view.state.parts.flatMap((part) => (part.kind === 'tool_call' ? [part] : [])),
  );
  const killedAt = deathOf(chat, stage, Number(row['ended_at']));
  const endedAfterMs = killedAt === undefined ? 0 : Number(row['ended_at']) - killedAt;
  return { state, ...lossOf(chat, killedAt, saidBy(view.state)), endedAfterMs };
}

/** Nothing was acknowledged, but what had begun must have ended. */
function refused(chat: Chat, round: RoundView | undefined): Outcome {
  if (round && !Object.values(STATE_OF).includes(round.state)) throw new Error(`refused, and ${round.state}`);
  const problem = chat.first.end?.kind === 'refused' ? chat.first.end.problem : undefined;
  if (problem && !problem.retryable) throw new Error(`refused for good: ${JSON.stringify(problem)}`);
  return { state: 'refused', lostCharacters: 0, lostMs: 0, endedAfterMs: 0 };
}

interface View {
  state: Reader['state'];
  terminal: RunEvent;
}

function viewOf(reader: Reader): View {
  if (reader.end?.kind !== 'terminal') throw new Error(`a reader ended as ${JSON.stringify(reader.end)}`);
  if (reader.faults.length > 0) throw new Error(reader.faults.slice(0, 5).join('; '));
  const ends = reader.items.filter((item) => item.type in STATE_OF);
  const terminal = reader.terminal;
  if (ends.length !== 1 || !terminal)
    throw new Error(`${ends.length} terminal events, the last item is ${reader.items.at(-1)?.type}`);
  // What it folded on its way, once more and strictly.
  fold(reader.items);
  return { state: reader.state, terminal };
}

async function readLate(stage: Stage, index: number, runId: string): Promise<Reader> {
  const base = () => stage.urlOf(index);
  const reader = new Reader({ kind: 'resume', runId }, { base, random: new Random(index), speed: 5 });
  await reader.ended;
  return reader;
}

/** The snapshot that a reader gets whose cursor cannot be right. */
function readAhead(stage: Stage, runId: string): Promise<View> {
  const headers = { 'last-event-id': `${runId}.1.999999` };
  return insist(async () => {
    const stream = await SseReader.open(`${stage.innerUrl}/api/runs/${runId}/events`, { headers });
    const items = decodeFrames(await stream.toEnd());
    const [snapshot, terminal, ...more] = items;
    if (snapshot?.type !== 'run.snapshot' || !terminal || terminal.type === 'run.snapshot' || more.length > 0)
      throw new Error(`not a snapshot and an end: ${items.map(({ type }) => type).join()}`);
    return { state: fold(items), terminal };
  });
}

function compareAllBytes(readers: readonly Reader[]): void {
  const bytesAt = new Map<string, string>();
  for (const { frames } of readers) for (const { frame, item } of frames) compareBytes(bytesAt, frame, item);
}

/** A terminal event without its place in the log, which differs when the log was lost. */
function bodyOf({ v: _v, run_id: _id, epoch: _epoch, seq: _seq, ...event }: RunEvent): unknown {
  return { ...event, ts: undefined };
}

function checkTools(stage: Stage, calls: { args: string; result?: { status: string } }[]): void {
  const counts = stage.toolCalls();
  for (const { args, result } of calls) {
    const id = /"id":"([^"]*)"/.exec(args)?.[1];
    if (id === undefined) continue;
    const count = counts.get(id) ?? 0;
    if (count > 1) throw new Error(`the tool was called ${count} times for call ${id}`);
    if (result?.status === 'ok' && count !== 1) throw new Error(`call ${id} is ok, and nobody was called`);
  }
}

/**
 * When the instance that executed a chat was killed, as well as it can be told: before the end, and not before the last word that
 * was heard from it, which may have been on its way for a moment.
 */
function deathOf({ readers, startedAt }: Chat, { kills, count }: Stage, endedAt: number): number | undefined {
  const before = kills.filter((at) => at <= endedAt);
  const lastWordAt = Math.max(
    ...readers.map(({ pace }) => (pace.at(-1)?.at ?? startedAt + ON_WAY_MS) - ON_WAY_MS),
  );
  return count === 1 ? before.at(-1) : before.find((at) => at >= lastWordAt);
}

function lossOf(
  { readers }: Chat,
  killedAt: number | undefined,
  kept: string,
): { lostCharacters: number; lostMs: number } {
  let [lostCharacters, lostMs] = [0, 0];
  for (const { said, pace } of readers) {
    if (!said.startsWith(kept) && !kept.startsWith(said)) throw new Error('a reader has seen another answer');
    if (said.length <= kept.length) continue;
    const seenAt = pace.find(({ characters }) => characters > kept.length)?.at ?? 0;
    lostCharacters = Math.max(lostCharacters, said.length - kept.length);
    lostMs = Math.max(lostMs, (killedAt ?? Infinity) - seenAt);
  }
  return { lostCharacters, lostMs };
}

function same(what: string, one: unknown, other: unknown): void {
  const [a, b] = [one, other].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}:\n${a}\n${b}`);
}
