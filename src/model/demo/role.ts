import type { ModelTool } from '../model-client.js';
import { HANDOFF } from './handoff.js';
import { demoIntent } from './intent.js';
import type { DemoAnswer } from './types.js';

const LONGEST_QUOTE = 240;

interface RoleTexts {
  reasoning: (role: string) => string;
  answer: (role: string, given: string) => string;
  handoff: (role: string, target: string) => string;
}

const texts: Record<'en' | 'zh', RoleTexts> = {
  en: {
    reasoning: (role) => `My instructions begin with “${role}”. I keep to them as far as a script can.`,
    answer: (role, given) =>
      `**${role}**\n\nThat is my part here, and this is what I was given:\n\n${given}\n\n` +
      'I am *demo*, a scripted model: a real one would now say what it makes of this.',
    handoff: (role, target) =>
      `**${role}**\n\nMy remark: say it more briefly, and begin with what matters most. I pass it on to *${target}*.`,
  },
  zh: {
    reasoning: (role) => `我的指令以“${role}”开头，我会在脚本允许的范围内照做。`,
    answer: (role, given) =>
      `**${role}**\n\n这是我在这里的任务，下面是我收到的内容：\n\n${given}\n\n` +
      '我是 *demo*，一个按脚本回答的模型：真正的模型会在这里给出自己的看法。',
    handoff: (role, target) =>
      `**${role}**\n\n我的意见：写得更简短一些，先说最重要的。我把它交给*${target}*。`,
  },
};

/** What the demo model says with instructions of its own; with `handoff`, the tool that it calls to hand over. */
export function roleAnswer(
  instructions: string,
  prompt: string,
  handoff?: ModelTool['function'],
): Pick<DemoAnswer, 'reasoning' | 'text'> {
  const { reasoning, answer, handoff: remark } = texts[demoIntent(instructions || prompt).language];
  const role = firstSentence(instructions || prompt);
  if (!handoff) return { reasoning: reasoning(role), text: answer(role, quoted(prompt)) };
  return { reasoning: reasoning(role), text: remark(role, targetOf(handoff)) };
}

function firstSentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return shortened(/^.+?[.!?。！？](?=\s|$|[^\s.!?])/u.exec(line)?.[0] ?? line);
}

/** A block quote of the beginning of a text, without its marks. */
function quoted(text: string): string {
  return `> ${shortened(
    text
      .replace(/[*_#>`|]+/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  )}`;
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= LONGEST_QUOTE ? text : `${characters.slice(0, LONGEST_QUOTE).join('')}…`;
}

/** The tool's description begins with the node as it is called; its own name is what providers allow. */
function targetOf({ name, description = '' }: ModelTool['function']): string {
  return /^Transfer to ([^.]+)\./.exec(`${description}.`)?.[1] ?? name.slice(HANDOFF.length);
}
