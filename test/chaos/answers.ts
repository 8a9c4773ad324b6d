import type { RunState } from '../../src/protocol/run-state.js';
import { scripts, type Script, type Step } from '../support/scripted-openai/index.js';

const { answer, done, finish, toolCalls, usage } = scripts;

/** A kind of answer of the scripted model. Each word says whose it is and its place, so that a lost, doubled or foreign one is seen. */
export interface AnswerKind {
  model: string;
  script: Script;
  /** How many words the whole answer has, thoughts included. */
  words: number;
  tools: boolean;
}

/** The word at a place of an answer. It ends in three bytes, so that bytes can be cut inside it. */
const word = (tag: string, at: number, padding: number) => `${tag}.${at}${'~'.repeat(padding)}水 `;
const WORD = /([tw]\d+)\.\d+(~*)水 /y;

function spoken(kind: 't' | 'w', words: number, everyMs: number, padding = 0): Step[] {
  const field = kind === 't' ? 'reasoning_content' : 'content';
  return Array.from({ length: words }, (_, at): Step[] => [
    { do: 'chunk', delta: { [field]: word(`${kind}{{request}}`, at, padding) } },
    { do: 'wait', ms: everyMs },
  ]).flat();
}

const ending = (): Step[] => [...finish(), ...usage(), ...done()];

export function saying(model: string, words: number, everyMs: number, padding = 0): AnswerKind {
  const script = answer(spoken('w', words, everyMs, padding), ending());
  return { model, script, words, tools: false };
}

/** Stops after `first` words, until the test releases the gate `held`. */
export function held(model: string, first: number, words: number, everyMs: number): AnswerKind {
  const steps = spoken('w', first + words, everyMs);
  steps.splice(first * 2, 0, ...scripts.gate('held'));
  return { model, script: answer(steps, ending()), words: first + words, tools: false };
}

export function thinking(model: string, thoughts: number, words: number, everyMs: number): AnswerKind {
  const script = answer(spoken('t', thoughts, everyMs), spoken('w', words, everyMs), ending());
  return { model, script, words: thoughts + words, tools: false };
}

/** Thinks, calls the counting tool twice, and speaks. */
export function calling(model: string, words: number, everyMs: number): AnswerKind {
  const calls = ['a', 'b'].map((letter) => ({
    id: `call_{{request}}${letter}`,
    name: 'chaos__act',
    args: JSON.stringify({ id: `{{request}}${letter}` }),
  }));
  // One fragment a call: a placeholder that is cut would not be replaced.
  const step = answer(spoken('t', 5, everyMs), toolCalls(calls, 1000), finish('tool_calls'), usage(), done());
  const script = scripts.turns(step, answer(spoken('w', words, everyMs), ending()));
  return { model, script, words: 5 + words, tools: true };
}

/** What a run has said, thoughts included, in order. */
export function saidBy(state: RunState): string {
  return state.parts
    .map((part) => (part.kind === 'text' || part.kind === 'reasoning' ? part.text : ''))
    .join('');
}

/** How many words a run has said. Throws when one is missing, doubled, out of place or another run's. */
export function countWords(state: RunState): number {
  let count = 0;
  for (const part of state.parts) {
    if (part.kind !== 'text' && part.kind !== 'reasoning') continue;
    const first = new RegExp(WORD).exec(part.text);
    let expected = '';
    for (let at = 0; expected.length < part.text.length; at += 1, count += 1)
      expected += word(first?.[1] ?? '?', at, first?.[2]?.length ?? 0);
    if (part.text !== expected)
      throw new Error(`not the words that were spoken: ${JSON.stringify(differenceOf(part.text, expected))}`);
  }
  return count;
}

function differenceOf(text: string, expected: string): object {
  let at = 0;
  while (at < text.length && text[at] === expected[at]) at += 1;
  const around = (one: string) => one.slice(Math.max(at - 40, 0), at + 40);
  return { at, is: around(text), expected: around(expected) };
}
