import type { Outputs } from './outputs.js';
import { contextsOf, inputsOf, type Leaf } from './scope.js';
import { fillIn } from './template.js';

export interface NodePrompt {
  /** Empty: none. */
  system: string;
  user: string;
}

/**
 * What a node is asked (contract §4.4): its prompts with the inputs filled in, and after them the inputs that no placeholder names.
 * Without a user prompt the inputs are the prompt. Context of the same name goes before an input. A known input that is empty fills in
 * nothing.
 */
export function nodePrompt({ scope, config }: Leaf, outputs: Outputs): NodePrompt {
  const texts = new Map(
    [...inputsOf(scope, config), ...contextsOf(scope, config)].map(({ name, source }) => [
      name,
      outputs.textOf(source),
    ]),
  );
  const used = new Set<string>();
  const fill = (template: string) =>
    fillIn(template, (name) => {
      const text = texts.get(name);
      if (text !== undefined) used.add(name);
      return text;
    });
  const system = fill(config.system_prompt);
  const user = fill(config.user_prompt);
  const unused = [...texts].filter(
    ([name, text]) => text !== '' && (config.user_prompt === '' || !used.has(name)),
  );
  const rest = unused.map(([, text]) => text).join('\n\n');
  if (rest === '' || (user.trim() === '' && used.size > 0 && config.user_prompt !== ''))
    return { system, user };
  return { system, user: user === '' || user.endsWith('\n') ? user + rest : `${user}\n\n${rest}` };
}
