import { send, type HttpAnswer } from '../support/http-client.js';
import { startInProcess, type InProcessApp } from '../support/in-process-app.js';

const ALLOWED = 'https://chat.example.com';
const WITH_PORT = 'http://localhost:5173';
const API = '/api/models';
const COMPLETIONS = '/api/chat/completions';

/** Origins that look like an allowed one. */
const FOREIGN = [
  'https://evil.com',
  'https://chat.example.com.evil.com',
  'https://evil-chat.example.com',
  'https://sub.chat.example.com',
  'https://example.com',
  'http://chat.example.com',
  'https://chat.example.com:8443',
  'https://chat.example.com:443',
  'https://chat.example.com/',
  'https://CHAT.example.com',
  'https://chat.example.com, https://evil.com',
  'http://localhost:51730',
  'http://localhost',
  'null',
  '*',
  'file://',
  '',
];

const corsHeaders = ({ headers }: HttpAnswer) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe.each(['none', 'api-key', 'gateway'])('CORS in AUTH_MODE=%s', (mode) => {
  let site: InProcessApp;
  beforeAll(async () => {
    site = await startInProcess({
      AUTH_MODE: mode,
      CORS_ORIGINS: `${ALLOWED},${WITH_PORT}`,
      ...(mode === 'gateway' && { GATEWAY_SECRET: 's'.repeat(32), TRUSTED_PROXIES: '127.0.0.2' }),
    });
  });
  afterAll(() => site.close());

  const preflight = (origin: string, path = COMPLETIONS) =>
    send(site.url, {
      method: 'OPTIONS',
      path,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  const get = (headers: Record<string, string>) => send(site.url, { path: API, headers });
  const post = (headers: Record<string, string>) =>
    send(site.url, { method: 'POST', path: '/api/runs/some-run/cancel', headers });

  it('lets the listed origins ask, before they show who they are', async () => {
    for (const origin of [ALLOWED, WITH_PORT]) {
      const { status, headers, body } = await preflight(origin);
      expect({ status, body }).toEqual({ status: 204, body: '' });
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['vary']).toBe('Origin');
      const allowed = headers['access-control-allow-headers']!.toLowerCase().split(', ');
      expect(allowed).toEqual(
        expect.arrayContaining([
          'authorization',
          'content-type',
          'idempotency-key',
          'last-event-id',
          'x-stream-resume',
        ]),
      );
      expect(headers['access-control-allow-methods']!.split(', ')).toEqual(
        expect.arrayContaining(['POST', 'DELETE']),
      );
      expect(Number(headers['access-control-max-age'])).toBeGreaterThan(0);
    }
  });

  it('[OAI-07] lets the openai package send the headers that it adds, and nobody else’s', async () => {
    const asked = 'authorization,content-type,x-stainless-lang,x-stainless-retry-count,x-made-up';
    const { headers } = await send(site.url, {
      method: 'OPTIONS',
      path: '/v1/chat/completions',
      headers: {
        origin: ALLOWED,
        'access-control-request-method': 'POST',
        'access-control-request-headers': asked,
      },
    });
    const allowed = headers['access-control-allow-headers']!.toLowerCase().split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['x-stainless-lang', 'x-stainless-retry-count']));
    expect(allowed).not.toContain('x-made-up');
  });

  it('lets them read answers, errors included, with the headers that name the run', async () => {
    const { headers } = await get({ origin: ALLOWED });
    expect(headers['access-control-allow-origin']).toBe(ALLOWED);
    const exposed = headers['access-control-expose-headers']!.toLowerCase().split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['x-run-id', 'x-conversation-id']));
  });

  it('asks for cookies only where a gateway may know its users by one', async () => {
    const { headers } = await get({ origin: ALLOWED });
    expect(headers['access-control-allow-credentials']).toBe(mode === 'gateway' ? 'true' : undefined);
  });

  it.each(FOREIGN)('gives nothing to %j', async (origin) => {
    for (const answer of [await preflight(origin), await get({ origin })]) {
      expect(corsHeaders(answer)).toEqual([]);
      expect(answer.headers['vary']).toBe('Origin');
    }
    const { status, body } = await post({ origin });
    expect({ status, body: body.slice(0, 200) }).toEqual({
      status: 403,
      body: expect.stringContaining('foreign_origin') as string,
    });
  });

  it('takes changes from the listed origins and from programs', async () => {
    const expected = mode === 'none' ? 404 : 401;
    for (const headers of [
      {},
      { origin: ALLOWED },
      { origin: ALLOWED, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
      { origin: site.url },
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
    ] as Record<string, string>[])
      expect({ headers, status: (await post(headers)).status }).toEqual({ headers, status: expected });
  });

  it('refuses changes that a browser calls cross-site, even without an Origin', async () => {
    for (const site of ['cross-site', 'same-site'])
      expect((await post({ 'sec-fetch-site': site })).status).toBe(403);
  });
});

describe('CORS without CORS_ORIGINS', () => {
  it('is off', async () => {
    const site = await startInProcess({});
    for (const origin of [ALLOWED, site.url, 'null']) {
      const answer = await send(site.url, { path: API, headers: { origin } });
      expect(answer.status).toBe(200);
      expect(corsHeaders(answer)).toEqual([]);
    }
    await site.close();
  });
});
