import { startConnection } from '@millrace/client/signals';
import { effect } from '@preact/signals';
import { check, headers, url } from './world.ts';

const kinds = new Map<string, string>();
function show(key: string, kind: string): void {
  kinds.set(key, kind);
}

// One signal for each text: a piece of it reaches only those who show it.
const { blocks, summary, ended } = startConnection({
  url,
  headers,
  body: { model_name: 'demo', user_prompt: 'What is 17 * 23?', mcp_servers: ['builtin'] },
});
effect(() => {
  for (const block of blocks.value) show(block.key, block.kind);
});
await ended;
check(summary.value.phase === 'completed', 'the run has ended');
const text = blocks.value.flatMap((block) => (block.kind === 'text' ? [block.text.value] : [])).join('');
check(text.includes('391'), 'the answer is there');

check(new Set(kinds.values()).has('tool_call'), 'the call of the tool was shown');
