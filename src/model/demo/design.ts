import { messageText } from '../message-text.js';
import type { ModelMessage } from '../model-client.js';
import { demoIntent } from './intent.js';
import type { DemoAnswer } from './types.js';

/** Whether a conversation is the design of a graph: the instructions name the tags of its parts. */
export function isDesign(messages: readonly ModelMessage[]): boolean {
  return instructionsOf(messages).includes('<graph_name>');
}

/**
 * A small graph whatever is asked for: two drafts at once and an editor that joins them. What is said later changes the editor, so that
 * the dialogue goes on as one with a real model would.
 */
export function designAnswer(
  messages: readonly ModelMessage[],
  prompt: string,
): Pick<DemoAnswer, 'reasoning' | 'text'> {
  const instructions = instructionsOf(messages);
  const words = texts[demoIntent(prompt).language];
  const wish = wishOf(prompt);
  const name = nameOf(prompt);
  const model = /## Models\s+- (.+)/.exec(instructions)?.[1] ?? 'demo';
  const isFirst = !messages.some(({ role }) => role === 'assistant');
  const begins = isFirst && !instructions.includes('## The graph to change');
  const parts = [
    tag('analysis', words.analysis(wish)),
    tag('todo', words.todo),
    ...(begins || name ? [tag('graph_name', name ?? 'demo-graph')] : []),
    tag('graph_description', words.description(wish)),
    ...(begins ? [draft('idea', words.idea, model), draft('critic', words.critic, model)] : []),
    ...(begins || !instructions.includes('## The graph to change')
      ? [editor(words.editor(wish), model)]
      : []),
    ...(begins ? [tag('end_template', '{editor}')] : []),
  ];
  return {
    reasoning: words.reasoning(wish),
    text: [begins ? words.first : words.again, ...parts, words.end].join('\n\n'),
  };
}

function instructionsOf([first]: readonly ModelMessage[]): string {
  return first?.role === 'system' ? messageText(first) : '';
}

function tag(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function node(fields: object): string {
  return tag('node', JSON.stringify(fields, null, 2));
}

function draft(name: string, system_prompt: string, model_name: string): string {
  return node({ name, model_name, system_prompt, input_nodes: ['start'], output_nodes: ['editor'] });
}

function editor(system_prompt: string, model_name: string): string {
  return node({
    name: 'editor',
    model_name,
    system_prompt,
    input_nodes: ['idea', 'critic'],
    output_nodes: ['end'],
  });
}

/** One line of what was asked, which cannot be taken for a tag. */
function wishOf(prompt: string): string {
  const line = prompt.replaceAll(/[<>`]/g, '').replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= 120 ? line : `${characters.slice(0, 120).join('')}…`;
}

/** A name that the prompt gives: `call it trip`, `named trip`, `名为旅行`. */
function nameOf(prompt: string): string | undefined {
  return /(?:\bcall(?:ed)? (?:it )?|\bname(?:d|s)? (?:it )?|名为|叫做|命名为)["'“「]?([\p{L}\p{N}_-]{1,40})/iu.exec(
    prompt,
  )?.[1];
}

interface DesignTexts {
  reasoning(wish: string): string;
  first: string;
  again: string;
  end: string;
  analysis(wish: string): string;
  todo: string;
  description(wish: string): string;
  idea: string;
  critic: string;
  editor(wish: string): string;
}

const texts: Record<'en' | 'zh', DesignTexts> = {
  en: {
    reasoning: (wish) => `They want a graph: “${wish}”. I am scripted, so I propose the one that I know.`,
    first:
      'I am a scripted model and know one graph: two nodes work at once, and a third joins what they found.',
    again: 'I have put that into the last node. A real model would think about the others, too.',
    end: 'Send `<end>END</end>` when it is as you want it; it is stored then, and can be run.',
    analysis: (wish) =>
      `Wanted: ${wish}. One node has an idea, another one looks for its faults, and an editor joins both.`,
    todo: 'Put real models into the nodes.',
    description: (wish) => `Two views at once, joined by an editor. For: ${wish}`,
    idea: 'You have the idea. Say in a few sentences how to do what is asked.',
    critic: 'You are the critic. Say in a few sentences what could go wrong.',
    editor: (wish) =>
      `You are the editor. Join the idea and the criticism into one answer. Keep in mind: ${wish}`,
  },
  zh: {
    reasoning: (wish) => `需要一个图：“${wish}”。我是按脚本回答的，所以给出我会的那一个。`,
    first: '我是按脚本回答的模型，只会一种图：两个节点同时工作，第三个把它们的结果合在一起。',
    again: '我已把这一点写进最后一个节点。真正的模型还会考虑其他节点。',
    end: '满意后请发送 `<end>END</end>`：图会被保存，然后就可以运行。',
    analysis: (wish) => `需求：${wish}。一个节点出主意，另一个找问题，编辑把两者合成一个答案。`,
    todo: '给各节点换上真正的模型。',
    description: (wish) => `两个视角同时工作，由编辑合并。用于：${wish}`,
    idea: '你负责出主意。用几句话说明怎样完成要求。',
    critic: '你负责挑毛病。用几句话说明哪里可能出问题。',
    editor: (wish) => `你是编辑。把主意和批评合成一个答案。请注意：${wish}`,
  },
};
