import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { World } from '../support/world.js';

const { answer, hang, text } = scripts;

let proxy: Server;
let world: World;
const passed: string[] = [];

beforeAll(async () => {
  // A forward proxy (RFC 9112 §3.2.2): the request names the whole address.
  proxy = createServer((asked, answer) => {
    passed.push(asked.url ?? '');
    const { method, headers } = asked;
    const onward = request(asked.url ?? '', { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 0, answered.headers);
      answered.pipe(answer);
    });
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  world = await World.start({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${port}` }, ['custom']);
});
afterAll(async () => {
  await world.stop();
  proxy.closeAllConnections();
  proxy.close();
});

const saying = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);

test('providers are asked through the proxy that Node is told of, and answers come as they are written', async () => {
  const whole = checkHistory([await (await world.chat({})).toEnd()]);
  expect(textsOf(whole.state)).toEqual(['Hello wörld']);

  // Not what comes with the head of the answer, which is read another way.
  await world.openai.script('custom', answer(...text('Hel'), { do: 'wait', ms: 100 }, ...text('lo'), hang()));
  const stream = await world.chat({ model_name: 'custom' });
  await stream.frame(saying('lo'));
  await world.cancel(stream.runId);
  const { state } = checkHistory([await stream.toEnd()]);
  expect(textsOf(state)).toEqual(['Hello']);

  const address = `${world.openai.baseUrl}/chat/completions`;
  expect(passed).toEqual([address, address]);
});
