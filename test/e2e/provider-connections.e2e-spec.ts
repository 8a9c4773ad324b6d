import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream';
import { createServer as createSecureServer } from 'node:tls';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { localhostCertificate, localhostKey } from '../support/localhost-certificate.js';
import { scripts } from '../support/scripted-openai/index.js';
import { World } from '../support/world.js';

const { answer, hang, text } = scripts;
const saying = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);

/** The provider as it is reached: the scripted one itself, or a server that ends TLS in front of it. */
let world: World;
const sockets = new Set<Socket>();
const servers: Server[] = [];
let folder: string;
beforeAll(async () => (folder = await mkdtemp(resolve(tmpdir(), 'millrace-tls-'))));
afterEach(async () => {
  await world.stop();
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Both ways, until one of them ends. */
function join(one: Socket, other: Socket): void {
  sockets.add(one);
  pipeline(one, other, one, () => undefined);
}

/** A world whose provider speaks TLS. `connections` has the sockets that came to it. */
async function secureWorld(env: Record<string, string> = {}) {
  const connections: Socket[] = [];
  const server = createSecureServer({ key: localhostKey, cert: localhostCertificate }, (socket) => {
    connections.push(socket);
    join(socket, connect(Number(new URL(world.openai.baseUrl).port), '127.0.0.1'));
  });
  const address = `127.0.0.1:${await listen(server)}`;
  const model = (name: string) => ({ name, model: name, api_key: 'k', base_url: `https://${address}/v1` });
  const [certificate, models] = [resolve(folder, 'certificate.pem'), resolve(folder, 'models.json')];
  await writeFile(certificate, localhostCertificate);
  await writeFile(models, JSON.stringify([model('plain'), model('custom')]));
  world = await World.start({ NODE_EXTRA_CA_CERTS: certificate, MODELS_FILE: models, ...env });
  return { address, connections };
}

/** Two whole answers; then one that is stopped, after text that did not come with its head, which is read another way. */
async function answersComeAsTheyAreWritten(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) {
    const { state } = checkHistory([await (await world.chat({})).toEnd()]);
    expect(textsOf(state)).toEqual(['Hello wörld']);
  }
  await world.openai.script('custom', answer(...text('Hel'), { do: 'wait', ms: 100 }, ...text('lo'), hang()));
  const stream = await world.chat({ model_name: 'custom' });
  await stream.frame(saying('lo'));
  await world.cancel(stream.runId);
  const { state } = checkHistory([await stream.toEnd()]);
  expect(textsOf(state)).toEqual(['Hello']);
}

test('a provider that speaks TLS is asked over one connection, as long as its answers end', async () => {
  const { connections } = await secureWorld();
  await answersComeAsTheyAreWritten();
  expect(connections).toHaveLength(1);
});

test('a provider is asked through the proxy that Node is told of', async () => {
  const asked: string[] = [];
  // RFC 9112 §3.2.2: the request names the whole address.
  const proxy = createHttpServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '');
    const { method, headers } = incoming;
    const onward = request(incoming.url ?? '', { method, headers }, (answered) => {
      outgoing.writeHead(answered.statusCode ?? 0, answered.headers);
      answered.pipe(outgoing);
    });
    incoming.pipe(onward);
    outgoing.on('close', () => onward.destroy());
    sockets.add(incoming.socket);
  });
  const address = `http://127.0.0.1:${await listen(proxy)}`;
  world = await World.start({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: address }, ['custom']);
  await answersComeAsTheyAreWritten();
  const url = `${world.openai.baseUrl}/chat/completions`;
  expect(asked).toEqual([url, url, url]);
});

test('a provider that speaks TLS is asked through a tunnel of that proxy', async () => {
  const tunnels: string[] = [];
  const proxy = createHttpServer().on('connect', (incoming, socket: Socket) => {
    const { host, port } = new URL(`http://${incoming.url ?? ''}`);
    tunnels.push(host);
    const onward = connect(Number(port), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    join(socket, onward);
  });
  const HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
  const { address } = await secureWorld({ NODE_USE_ENV_PROXY: '1', HTTPS_PROXY });
  await answersComeAsTheyAreWritten();
  expect(tunnels).toEqual([address]);
});
