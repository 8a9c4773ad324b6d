import { closeConnection, startConnection } from '@millrace/client';
import { breaking, check, url, headers } from './world.ts';

// Starts a run and reads it to its end. The network breaks in the middle; the connection comes back by itself and goes on.
let shown = '';
let cuts = 0;
const connection = startConnection({
  url,
  headers,
  body: { model_name: 'demo', user_prompt: 'What is 17 * 23?', mcp_servers: ['builtin'] },
  fetch: breaking(),
  onEvent(event) {
    if (event.type === 'text.delta') shown += event.delta;
  },
  onConnection(state) {
    if (state.kind === 'waiting') cuts += 1;
  },
});
const end = await connection.ended;
check(end.kind === 'terminal' && connection.state.phase === 'completed', 'the run has ended');
check(cuts > 0, 'the network did break');

// The state is folded as the server folds it: parts, usage, warnings, and how it ended.
const texts = connection.state.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
check(texts.join('') === shown && shown.includes('391'), 'nothing is missing and nothing is twice');
const [call] = connection.state.parts.filter((part) => part.kind === 'tool_call');
check(call?.result?.status === 'ok', 'the tool was called');

// Another reader of the same run, from its beginning. Closing it stops nothing.
const again = startConnection({ url, headers, runId: connection.runId! });
await again.ended;
check(JSON.stringify(again.state) === JSON.stringify(connection.state), 'every reader sees the same');
closeConnection(again);

// Cancelling ends the run for all of its readers.
const long = startConnection({
  url,
  headers,
  body: { model_name: 'demo', user_prompt: 'Write 200 lines.' },
  onUpdate(_state, changed) {
    if ([...changed].some(({ kind }) => kind === 'text')) void long.cancel();
  },
});
check((await long.ended).kind === 'terminal' && long.state.phase === 'cancelled', 'it was cancelled');

// What the server refuses ends the reading, with the problem.
const refused = startConnection({ url, headers, body: { model_name: 'nope', user_prompt: 'Hello' } });
const refusal = await refused.ended;
check(refusal.kind === 'refused' && refusal.problem.code === 'unknown_model', 'it was refused');
