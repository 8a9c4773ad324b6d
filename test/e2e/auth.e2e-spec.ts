import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { routes as described } from '../../src/openapi/routes.js';
import { ApiKeyStore } from '../../src/auth/api-key/api-key.store.js';
import { startInProcess, type InProcessApp, type Route } from '../support/in-process-app.js';
import { startServer } from '../support/server.js';

/** Whoever opens another route to everybody adds it here, and says why in docs/operations.md. */
const PAGES = ['GET /agents{/:name}', 'GET /c/:id', 'GET /graphs{/:name}'];
const PUBLIC = [
  ...PAGES,
  'GET /docs',
  'GET /docs/style.css',
  'GET /errors',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /openapi-3.2.json',
  'GET /openapi.json',
  'GET /schemas',
  'GET /schemas/:name',
];
const OPERATOR = ['GET /metrics'];

const SECRET = 'gateway-secret-of-32-characters.';
const METRICS_TOKEN = 'metrics-token-of-32-characters..';
const GATEWAY_ADDRESS = '127.0.0.2';

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}
type Headers = Record<string, string | string[]>;

/** From `peer`, which is an address of this machine. */
async function send(url: string, method: string, path: string, headers: Headers = {}, peer = '127.0.0.1') {
  const { hostname, port } = new URL(url);
  const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? '{}' : undefined;
  const sent = request({
    hostname,
    port,
    method,
    path,
    localAddress: peer,
    agent: false,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': body.length }),
      ...headers,
    } as OutgoingHttpHeaders,
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const answer: Answer = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
  };
  return answer;
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`;
const filled = (path: string) =>
  path
    .replace('/schemas/:name', '/schemas/text.delta.json')
    .replaceAll(/[{}]/g, '')
    .replaceAll(/[:*]\w+/g, 'some-id');

/** Other spellings of a path, none of which may get past the guard. */
const spellings = (path: string): string[] => {
  const last = path.at(-1)!;
  return [
    `/${path}`,
    `/.${path}`,
    `/x/..${path}`,
    `${path}/`,
    `${path}/.`,
    `${path};x`,
    `${path};x=y/`,
    `${path}%00`,
    `${path}%2f`,
    `${path.slice(0, -1)}%${last.charCodeAt(0).toString(16)}`,
    path.replace('/api/', '/%61pi/').replace('/metrics', '/%6detrics'),
    path.replace('/', '/%2e/'),
    path.replace('/', '/%2e%2e/'),
    path.replace('/', '\\'),
    path.toUpperCase(),
    `${path}?x=/health`,
    `http://localhost${path}`,
    `http://localhost/health/..${path}`,
  ];
};

interface Mode {
  env: Record<string, string>;
  /** What is accepted. */
  valid: (app: InProcessApp) => Promise<{ headers: Headers; peer?: string }>;
  /** What is refused, by what it is. */
  refused: (app: InProcessApp) => Promise<Record<string, { headers: Headers; peer?: string }>>;
  challenge: RegExp;
}

async function makeKey(app: InProcessApp, expiresAt: number | null = null) {
  const owner = { tenant_id: 'acme', user_id: 'ada' };
  return app.app.get(ApiKeyStore, { strict: false }).create({ owner, name: '', expiresAt }, Date.now());
}

const identity = { 'x-user-id': 'ada', 'x-tenant-id': 'acme' };
const gateway = { ...identity, 'x-gateway-secret': SECRET };

const modes: Record<string, Mode> = {
  'api-key': {
    env: { AUTH_MODE: 'api-key', METRICS_TOKEN },
    challenge: /^Bearer realm=/,
    valid: async (app) => ({ headers: { authorization: `Bearer ${(await makeKey(app)).key}` } }),
    refused: async (app) => {
      const { key } = await makeKey(app);
      const { key: expired } = await makeKey(app, Date.now() - 1);
      const { id, key: revoked } = await makeKey(app);
      await app.app.get(ApiKeyStore, { strict: false }).revoke(id, Date.now());
      const bearer = (value: string | string[]) => ({ headers: { authorization: value } });
      return {
        nothing: { headers: {} },
        'an empty header': bearer(''),
        'no scheme': bearer(key),
        Basic: bearer(`Basic ${Buffer.from(`ada:${key}`).toString('base64')}`),
        Digest: bearer(`Digest username="ada", response="${key}"`),
        'a broken key': bearer(`Bearer ${key.slice(0, -1)}`),
        'another secret': bearer(`Bearer ${key.slice(0, -2)}${key.endsWith('00') ? '11' : '00'}`),
        'an unknown key': bearer(`Bearer mr_${'0'.repeat(16)}_${'0'.repeat(64)}`),
        'a JWT': bearer('Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.'),
        'an expired key': bearer(`Bearer ${expired}`),
        'a revoked key': bearer(`Bearer ${revoked}`),
        'two Authorization headers': bearer([`Bearer ${key}`, `Bearer ${key}`]),
        'both headers': { headers: { authorization: `Bearer ${key}`, 'x-api-key': key } },
        'an oversized header': bearer(`Bearer ${'a'.repeat(20_000)}`),
        'a cookie': { headers: { cookie: `authorization=Bearer ${key}; x-api-key=${key}` } },
        "a gateway's word": { headers: gateway, peer: GATEWAY_ADDRESS },
        'the metrics token': bearer(`Bearer ${METRICS_TOKEN}`),
      };
    },
  },
  gateway: {
    env: { AUTH_MODE: 'gateway', GATEWAY_SECRET: SECRET, TRUSTED_PROXIES: GATEWAY_ADDRESS, METRICS_TOKEN },
    challenge: /^Gateway realm=/,
    valid: () => Promise.resolve({ headers: gateway, peer: GATEWAY_ADDRESS }),
    refused: async (app) => ({
      nothing: { headers: {} },
      'nothing from the gateway': { headers: {}, peer: GATEWAY_ADDRESS },
      'no secret': { headers: identity, peer: GATEWAY_ADDRESS },
      'a wrong secret': { headers: { ...gateway, 'x-gateway-secret': `${SECRET}x` }, peer: GATEWAY_ADDRESS },
      'two secrets': { headers: { ...gateway, 'x-gateway-secret': [SECRET, SECRET] }, peer: GATEWAY_ADDRESS },
      'two users': { headers: { ...gateway, 'x-user-id': ['ada', 'bob'] }, peer: GATEWAY_ADDRESS },
      'no tenant': { headers: { ...gateway, 'x-tenant-id': '' }, peer: GATEWAY_ADDRESS },
      'a foreign peer': { headers: gateway },
      'a foreign peer that forwards': {
        headers: { ...gateway, 'x-forwarded-for': GATEWAY_ADDRESS, forwarded: `for=${GATEWAY_ADDRESS}` },
      },
      'an API key': {
        headers: { authorization: `Bearer ${(await makeKey(app)).key}` },
        peer: GATEWAY_ADDRESS,
      },
      'the metrics token': { headers: { authorization: `Bearer ${METRICS_TOKEN}` }, peer: GATEWAY_ADDRESS },
    }),
  },
};

describe.each(Object.entries(modes))('AUTH_MODE=%s', (_name, mode) => {
  let site: InProcessApp;
  let owned: Route[];

  beforeAll(async () => {
    site = await startInProcess(mode.env);
    owned = site.routes.filter((route) => ![...PUBLIC, ...OPERATOR].includes(nameOf(route)));
  });
  afterAll(() => site.close());

  const get = (path: string, headers: Headers = {}, peer?: string) =>
    send(site.url, 'GET', path, headers, peer);

  it('has routes of all three kinds, and the public ones are those of the list', () => {
    const names = site.routes.map(nameOf);
    expect(names).toEqual(expect.arrayContaining([...PUBLIC, ...OPERATOR]));
    expect(owned.length).toBeGreaterThan(10);
  });

  it('serves the public routes to everybody', async () => {
    for (const route of PUBLIC) {
      const { status } = await get(filled(route.slice('GET '.length)));
      expect({ route, status }).toEqual({ route, status: 200 });
    }
    expect((await get('/')).status).toBe(200);
  });

  it('answers every other route with 401 to everybody else', async () => {
    const refused = await mode.refused(site);
    for (const { method, path } of owned)
      for (const [what, { headers, peer }] of Object.entries(refused))
        for (const verb of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
          const answer = await send(site.url, verb, filled(path), headers, peer);
          expect({ verb, path, what, status: answer.status }).toEqual({ verb, path, what, status: 401 });
          expect(answer.headers['www-authenticate']).toMatch(mode.challenge);
          expect(answer.headers['cache-control']).toBe('no-store');
          if (verb === 'HEAD') continue;
          const problem = JSON.parse(answer.body);
          expect(problem).toMatchObject({ code: 'unauthorized' });
          if (path.startsWith('/v1')) expect(problem.error).toMatchObject({ code: 'invalid_api_key' });
        }
  });

  it('lets nobody in by another spelling of the path', async () => {
    for (const { method, path } of [...owned, { method: 'GET', path: '/metrics' }])
      for (const spelling of spellings(filled(path))) {
        const { status, body } = await send(site.url, method, spelling);
        const refused = [400, 401, 404, 405].includes(status);
        expect({ method, spelling, status, refused }).toEqual({ method, spelling, status, refused: true });
        expect(JSON.parse(body)).toHaveProperty('code');
      }
  });

  it('lets the owner in', async () => {
    const { headers, peer } = await mode.valid(site);
    for (const { method, path } of owned) {
      const { status } = await send(site.url, method, filled(path), headers, peer);
      // 501: a route of the seed that is left out says so.
      const ok = status !== 401 && (status < 500 || status === 501);
      expect({ method, path, ok }).toEqual({ method, path, ok: true });
    }
    expect((await get('/api/models', headers, peer)).status).toBe(200);
  });

  it('keeps /metrics for the operator', async () => {
    const { headers, peer } = await mode.valid(site);
    const refused = await mode.refused(site);
    delete refused['the metrics token'];
    for (const [what, sent] of Object.entries({ ...refused, 'a valid user': { headers, peer } }))
      expect({ what, status: (await get('/metrics', sent.headers, sent.peer)).status }).toEqual({
        what,
        status: 401,
      });
    expect((await get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` })).status).toBe(200);
  });

  it('refuses strangers before it reads what they send', async () => {
    const { status, body } = await send(site.url, 'POST', '/api/chat/completions', {
      'content-length': '1048577',
    });
    expect({ status, code: JSON.parse(body).code }).toEqual({ status: 401, code: 'unauthorized' });
  });

  it('refuses credentials in the address, of anybody, anywhere', async () => {
    const { headers, peer } = await mode.valid(site);
    const { key } = await makeKey(site);
    for (const path of ['/api/models', '/health', '/', '/nowhere'])
      for (const query of [`access_token=${key}`, 'api_key=x', `q=${key}`]) {
        const answer = await get(`${path}?${query}`, headers, peer);
        expect({ path, query, status: answer.status }).toEqual({ path, query, status: 400 });
        expect(answer.body).toContain('credential_in_url');
        expect(answer.body).not.toContain(key);
      }
  });
});

describe('AUTH_MODE', () => {
  it('none ignores credentials and serves its one user, /metrics included', async () => {
    const site = await startInProcess({});
    for (const path of ['/api/models', '/metrics'])
      expect(
        (await send(site.url, 'GET', path, { authorization: 'Bearer x', 'x-user-id': 'root' })).status,
      ).toBe(200);
    const { body } = await send(site.url, 'GET', '/api/chat/conversations', { 'x-user-id': 'root' });
    expect(JSON.parse(body)).toMatchObject({ total_count: 0 });
    await site.close();
  });

  it('api-key answers 431 to headers that are larger than it takes', async () => {
    const site = await startInProcess({ AUTH_MODE: 'api-key' });
    const answer = await send(site.url, 'GET', '/api/models', {
      authorization: `Bearer ${'a'.repeat(40_000)}`,
    });
    expect(answer.status).toBe(431);
    await site.close();
  });

  it('leaves no credential in the log, at any level', async () => {
    const key = `mr_${'a'.repeat(16)}_${'b'.repeat(64)}`;
    const server = await startServer({ AUTH_MODE: 'api-key', LOG_LEVEL: 'trace' });
    await send(server.url, 'GET', '/api/models', { authorization: `Bearer ${key}` });
    await send(server.url, 'GET', '/api/models', { 'x-api-key': key });
    await send(server.url, 'GET', `/api/models?access_token=${key}`);
    await send(server.url, 'GET', '/api/models', { authorization: `Basic ${key}` });
    await server.stop();
    expect(server.output()).toContain('A request was not authenticated');
    expect(server.output()).not.toContain('b'.repeat(16));
  });
});

describe('the OpenAPI document', () => {
  it('says of each route whom it serves', () => {
    const of = (access: string) =>
      described
        .filter((route) => (route.access ?? 'owner') === access)
        .map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
        .sort();
    expect(of('public')).toEqual(PUBLIC.filter((route) => !PAGES.includes(route)));
    expect(of('operator')).toEqual(OPERATOR);
  });
});

describe('npm run api-key', () => {
  it('makes, lists and revokes keys beside a running server, each from the next request on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-keys-'));
    const env = { DATABASE_URL: `sqlite:${join(folder, 'millrace.db')}` };
    const server = await startServer({ ...env, AUTH_MODE: 'api-key' });
    const command = async (...args: string[]) => {
      const script = resolve(import.meta.dirname, '../../dist/server/api-key.js');
      const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { cwd: folder, env });
      return stdout;
    };
    const ask = async (key: string) =>
      (await send(server.url, 'GET', '/api/models', { authorization: `Bearer ${key}` })).status;

    const key = (await command('create', '--user', 'ada', '--tenant', 'acme', '--name', 'nightly')).trim();
    expect(key).toMatch(/^mr_[0-9a-f]{16}_[0-9a-f]{64}$/);
    expect(await ask(key)).toBe(200);
    const listed = await command('list');
    expect(listed).toMatch(/acme +ada +valid .* nightly$/m);
    expect(listed).not.toContain(key.slice(-64));
    await command('revoke', key.split('_')[1]!);
    expect(await ask(key)).toBe(401);
    await expect(command('revoke', 'nope')).rejects.toMatchObject({ code: 1 });
    await expect(command('create')).rejects.toMatchObject({ code: 1, stdout: '' });

    await server.stop();
    expect(await command('list')).toMatch(/revoked/);
    await rm(folder, { recursive: true, force: true });
  });
});
