import { demoIntent } from './intent.js';
import type { DemoIntent } from './intent.js';
import { designAnswer, isDesign } from './design.js';
import { AGENT, chooseTool, HANDOFF } from './handoff.js';
import { roleAnswer } from './role.js';
import { demoTexts } from './texts.js';
import type { DemoAnswer, DemoCall, DemoResult } from './types.js';
import { messageText } from '../message-text.js';
import type { ModelMessage, ModelTool } from '../model-client.js';

/**
 * Decides what the demo model says to a conversation: it calls the clock and the calculator when the last prompt asks for the
 * time or a sum and they are offered, or else passes the prompt on to another agent that it may ask; speaks of the results in the next
 * step; and otherwise explains Millrace. With instructions of its own, as a node of a graph or an agent has them, it says what they were
 * and what it was given; and where it may hand over it does. Where it is to design a graph, it does that.
 */
export function demoAnswer(messages: readonly ModelMessage[], tools: readonly ModelTool[]): DemoAnswer {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  const lastMessage = messages[lastUser];
  const prompt = lastMessage ? messageText(lastMessage) : '';
  if (isDesign(messages)) return { ...designAnswer(messages, prompt), calls: [] };
  const intent = demoIntent(prompt);
  const texts = demoTexts[intent.language];

  const results = resultsOf(messages.slice(lastUser + 1));
  if (results.length > 0) {
    return {
      reasoning: texts.reasoningAfterTools(results.length),
      text: texts.afterTools(results),
      calls: [],
    };
  }
  const calls = callsFor(intent, tools, messages.length);
  const colleague = calls.length === 0 && prompt !== '' ? chooseTool(tools, prompt, AGENT) : undefined;
  if (colleague) {
    const { name } = colleague.function;
    calls.push({ id: `call_demo_${messages.length}_0`, name, args: JSON.stringify({ task: prompt }) });
  }
  if (calls.length > 0) {
    return { reasoning: texts.reasoningBeforeTools(calls.map(({ name }) => name)), text: '', calls };
  }
  const role = messages.find(({ role }) => role === 'system');
  const handoff = chooseTool(tools, prompt, HANDOFF);
  if (handoff) calls.push({ id: `call_demo_${messages.length}_0`, name: handoff.function.name, args: '{}' });
  if (role || handoff)
    return { ...roleAnswer(role ? messageText(role) : '', prompt, handoff?.function), calls };
  const asksForTool = intent.wantsTime || intent.expression !== undefined;
  const text = asksForTool ? texts.noTools : intent.wantsLong ? texts.long() : texts.tour;
  return { reasoning: texts.reasoning(prompt), text, calls: [] };
}

function callsFor(intent: DemoIntent, tools: readonly ModelTool[], turn: number): DemoCall[] {
  const calls: DemoCall[] = [];
  const call = (tool: ModelTool, wanted: Record<string, string | undefined>) => {
    const args = JSON.stringify(argumentsFor(tool, wanted));
    calls.push({ id: `call_demo_${turn}_${calls.length}`, name: tool.function.name, args });
  };
  const clock = intent.wantsTime ? offered(tools, 'current_time') : undefined;
  if (clock) call(clock, { time_zone: intent.timeZone });
  const calculator = intent.expression ? offered(tools, 'calculate') : undefined;
  if (calculator) call(calculator, { expression: intent.expression });
  return calls;
}

/** Names are `server__tool`; whatever the server is called, the tool is known by its end. */
function offered(tools: readonly ModelTool[], tool: string): ModelTool | undefined {
  return tools.find(({ function: { name } }) => name === tool || name.endsWith(`__${tool}`));
}

/** Only the arguments that the tool's schema knows. */
function argumentsFor(tool: ModelTool, wanted: Record<string, string | undefined>): Record<string, string> {
  const properties = tool.function.parameters?.['properties'];
  const known = typeof properties === 'object' && properties !== null ? properties : {};
  const args: Record<string, string> = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined && Object.hasOwn(known, name)) args[name] = value;
  }
  return args;
}

function resultsOf(messages: readonly ModelMessage[]): DemoResult[] {
  const calls = messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []) : [],
  );
  return messages.flatMap((message) => {
    if (message.role !== 'tool') return [];
    const call = calls.find(({ id }) => id === message.tool_call_id);
    const { name = 'tool', arguments: args = '{}' } = call?.function ?? {};
    return [{ name, args, content: messageText(message) }];
  });
}
