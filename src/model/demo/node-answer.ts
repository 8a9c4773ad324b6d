import { messageText } from '../message-text.js';
import type { ModelMessage, ModelTool } from '../model-client.js';
import type { DemoIntent } from './intent.js';
import { quote } from './texts.js';
import type { DemoAnswer } from './types.js';

/** More is not looked at. */
const LONGEST = 8000;
/** The words that matter come first. */
const LONGEST_TOPIC = 160;
const ROLE =
  /^\s*You are (?:the|a|an) ([\p{L}\p{N} -]{1,40}?)[.,:\n]|^\s*你是(?:一[名位个])?([\p{L}\p{N}]{1,20}?)[。，：\n]/u;
const HANDOFF = 'transfer_to_';
const VERSION = /\bversion (\d+)\b|第 (\d+) 版/g;
/** How often a reviewer of the demo sends a text back. */
const VERSIONS_TO_REFUSE = 1;

/**
 * What the demo model says as a node of a graph: its system prompt gives it a part, its prompt is what others said, and it may have to
 * choose who is next. Undefined when it was given no part.
 */
export function nodeAnswer(
  messages: readonly ModelMessage[],
  tools: readonly ModelTool[],
  prompt: string,
  { language }: DemoIntent,
): DemoAnswer | undefined {
  const system = messages.find(({ role }) => role === 'system');
  const [, english, chinese] = ROLE.exec(system ? messageText(system).slice(0, LONGEST) : '') ?? [];
  const part = english ?? chinese;
  if (part === undefined) return undefined;
  const text = prompt.slice(0, LONGEST);
  const version = Math.max(0, ...[...text.matchAll(VERSION)].map(([, one, other]) => Number(one ?? other)));
  const choices = tools.filter((tool) => tool.function.name.startsWith(HANDOFF));
  const next = choices.length > 0 ? choose(choices, text, version) : undefined;
  const say = language === 'zh' ? chineseWords : englishWords;
  return {
    reasoning: say.reasoning(part),
    text: next
      ? say.choice(part, next.function.name.slice(HANDOFF.length), version)
      : say.answer(part, keywords(text), version + 1),
    calls: next ? [{ id: `call_demo_${messages.length}_handoff`, name: next.function.name, args: '{}' }] : [],
  };
}

/** A text goes back once, to the first that is offered; a question goes to who says that it is theirs, or else to the last. */
function choose(choices: readonly ModelTool[], text: string, version: number): ModelTool {
  if (version > 0) return version <= VERSIONS_TO_REFUSE ? choices[0]! : choices.at(-1)!;
  const asked = new Set(wordsOf(text));
  const fit = (tool: ModelTool) =>
    new Set(wordsOf(tool.function.description ?? '').filter((word) => asked.has(word))).size;
  const best = choices.toSorted((a, b) => fit(b) - fit(a))[0]!;
  return fit(best) > 0 ? best : choices.at(-1)!;
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{3,}|[-+*/]/gu) ?? []).filter((word) => !COMMON.has(word));
}

const COMMON = new Set(
  'the and for with what which who how that this they you your are was has have not answers questions transfer about from into write question report version take against reviews far should'.split(
    ' ',
  ),
);

/** The three longest words, in the order in which they come. */
function keywords(text: string): string[] {
  const words = [...new Set(text.slice(0, LONGEST_TOPIC).match(/\p{L}{2,}/gu) ?? [])].filter(
    (word) => !COMMON.has(word.toLowerCase()),
  );
  const longest = new Set(words.toSorted((a, b) => b.length - a.length).slice(0, 3));
  return words.filter((word) => longest.has(word)).map((word) => quote(word));
}

interface NodeWords {
  reasoning(part: string): string;
  answer(part: string, words: readonly string[], version: number): string;
  choice(part: string, next: string, version: number): string;
}

const bold = (words: readonly string[]) => words.map((word) => `**${word}**`);
const englishWords: NodeWords = {
  reasoning: (part) => `I am the ${part} in this graph, and scripted.`,
  answer: (part, words, version) =>
    `As the ${part} I take from this: ${bold(words).join(', ') || 'nothing yet'}. ` +
    `A real model would think about it here; I pass it on as *version ${version}*.`,
  choice: (part, next, version) =>
    version > 0 && version <= VERSIONS_TO_REFUSE
      ? `As the ${part}: *version ${version}* is a beginning. Say it more clearly, please, and once more. I hand over to **${next}**.`
      : `As the ${part}: this one is for **${next}**.`,
};
const chineseWords: NodeWords = {
  reasoning: (part) => `在这张图里我是${part}，按脚本回答。`,
  answer: (part, words, version) =>
    `作为${part}，我从中看到：${bold(words).join('、') || '还没有内容'}。真正的模型会在这里思考；我把它作为*第 ${version} 版*交给下一个节点。`,
  choice: (part, next, version) =>
    version > 0 && version <= VERSIONS_TO_REFUSE
      ? `作为${part}：*第 ${version} 版*只是开始，请说得更清楚些，再写一次。交给 **${next}**。`
      : `作为${part}：这件事交给 **${next}**。`,
};
