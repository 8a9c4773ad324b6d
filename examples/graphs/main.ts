import assert from 'node:assert/strict';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const authorization = `Bearer ${process.env['MILLRACE_KEY'] ?? 'none'}`;

interface Example {
  name: string;
  document: object;
}

interface GraphAnswer {
  conversation_id: string;
  final_result: string;
  execution_chain: string[][];
}

async function call<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T & { detail?: string };
  assert.ok(response.ok, `${path}: ${answer.detail}`);
  return answer;
}

const examples = await call<Example[]>('/api/examples/graphs');
for (const { document } of examples) await call('/api/graphs/import', { ...document, overwrite: true });

/** Runs a graph and gives its nodes, in the order in which they ran. */
async function run(graph_name: string, input_text: string): Promise<string[]> {
  const answer = await call<GraphAnswer>('/api/graphs/execute', { graph_name, input_text, stream: false });
  assert.notEqual(answer.final_result, '');
  return answer.execution_chain.map((level) => level.join('+'));
}

const [views, review, sum, time, report] = await Promise.all([
  run('Two views', 'Should our team work from home?'),
  run('Write and review', 'The river in spring'),
  run('Help desk', 'What is 12 * (3 + 4)?'),
  run('Help desk', 'What time is it in Tokyo?'),
  run('Report', 'Electric buses in small towns'),
]);
assert.deepEqual(views, ['start+optimist+sceptic', 'editor']);
// The reviewer sends the first version back.
assert.deepEqual(review, ['start+writer', 'reviewer', 'writer', 'reviewer', 'publisher']);
assert.deepEqual(sum, ['start+receptionist', 'arithmetic']);
assert.deepEqual(time, ['start+receptionist', 'clock']);
assert.deepEqual(report, ['start+views.optimist+views.sceptic', 'views.editor', 'author']);
