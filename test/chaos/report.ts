import type { Chat } from './chat.js';
import { Violated, type Counts } from './dose.js';
import type { Stage } from './stage.js';
import type { Violation } from './traffic.js';

const LINES_OF_OUTPUT = 400;

/** Gives the counts of a round back, or throws what was violated in it, with all that is known of it. */
export async function report(
  stage: Stage,
  violations: readonly Violation[],
  counts: Counts,
): Promise<Counts> {
  const [first] = violations;
  if (!first) return counts;
  const told = violations.map(({ chat, error }) => `${chat?.first.runId ?? 'no run'}: ${error.message}`);
  const chats = violations.flatMap(({ chat }) => (chat ? [chat] : []));
  const known = await Promise.all(chats.slice(0, 3).map((chat) => factsOf(stage, chat)));
  const output = stage.output().split('\n').slice(-LINES_OF_OUTPUT).join('\n');
  const evidence = [...told, ...known, 'What the instances printed last:', output].join('\n\n');
  const more = told.length > 1 ? `\n  and ${told.length - 1} more` : '';
  throw new Violated(told[0]!.slice(0, 1000) + more, evidence, counts);
}

async function factsOf(stage: Stage, chat: Chat): Promise<string> {
  const { runId } = chat.first;
  const row = await stage.ask(`/api/runs/${runId}`, 1000).catch(String);
  const conversation = await stage.ask(`/api/chat/conversations/${chat.conversation}`, 1000).catch(String);
  const readers = chat.readers.map((reader, index) => {
    const last = reader.items.slice(-5).map((item) => JSON.stringify(item).slice(0, 300));
    const { connections, faults, end } = reader;
    return `reader ${index}: ${JSON.stringify({ connections, faults, end, items: reader.items.length })}\n${last.join('\n')}`;
  });
  const printed = stage.output().split('\n');
  const lines = printed.filter((line) => runId !== undefined && line.includes(runId));
  return [
    `chat ${chat.conversation}, ${chat.kind.model}, run ${runId}`,
    JSON.stringify(row),
    JSON.stringify(conversation),
    ...readers,
    ...lines,
  ].join('\n');
}
