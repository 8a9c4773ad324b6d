import type { StoredMessage } from '../stored-message.js';
import { branchTo } from '../branches.js';
import { headOf, treeOf, type Archive } from './archive.js';

/**
 * A conversation for people to read and keep: GitHub-flavoured Markdown of its current branch, with tool calls and their results in
 * code blocks.
 */
export function exportMarkdown(document: Archive): string {
  const { conversation } = document;
  const rounds = branchTo(treeOf(document), headOf(document)).map(({ round }) => document.rounds[round - 1]!);
  const { title, tags, created_at } = conversation;
  const facts = [created_at.slice(0, 10), ...tags.map((tag) => `\`${oneLine(tag).replaceAll('`', "'")}\``)];
  return [
    `# ${oneLine(title)}`,
    facts.join(' · '),
    ...rounds.flatMap(({ model, state, messages }) => [
      ...messages.flatMap((message) => block(message, model)),
      ...(state === 'completed' ? [] : [`*(${state})*`]),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

function block(message: StoredMessage, model: string): string[] {
  switch (message.role) {
    case 'user':
      return ['## User', message.content];
    case 'assistant':
      return [
        `## Assistant (${oneLine(model)})`,
        ...(message.reasoning_content ? [quoted(message.reasoning_content)] : []),
        ...(message.content === '' ? [] : [message.content]),
        ...(message.tool_calls ?? []).flatMap((call) => [
          `**Call** \`${oneLine(call.function.name)}\``,
          fenced(call.function.arguments, 'json'),
        ]),
      ];
    case 'tool':
      return [`**Result** (${message.status ?? 'unknown'})`, fenced(message.content, '')];
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

/** A fence that is longer than any in the text (CommonMark 0.31, §4.5). */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
