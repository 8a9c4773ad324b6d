import { Validator } from '@cfworker/json-schema';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { METHODS } from 'node:http';
import { createApp } from '../../src/create-app.js';
import type { OpenApiDocument, OpenApiResponse, Operation } from '../../src/openapi/document.js';
import type { JsonSchema } from '../../src/openapi/json-schema.js';
import { errorKinds, type ErrorCode } from '../../src/protocol/error-code.js';
import { send, sendJson, type HttpAnswer } from '../support/http-client.js';
import { scripts, startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';

/** Pages of the UI; everything else that the router knows is in the document. */
const NOT_API = new Set(['get /c/{id}', 'get /graphs{/{name}}', 'get /agents{/{name}}']);
const CHAT = '/api/chat/completions';
/** An outcome of tools, which never ends a run; and what the routes of graphs bring with them. */
const OF_NO_ROUTE = new Set<ErrorCode>(['tool_timeout', 'graph_required']);
/** Of every answer, whatever it says. */
const GENERAL_HEADERS =
  /^(?:cache-control|connection|content-(?:length|type|security-policy)|cross-origin-.*|date|etag|keep-alive|origin-agent-cluster|referrer-policy|transfer-encoding|vary|x-(?:accel-buffering|content-type-options|dns-prefetch-control|frame-options))$/;
const DOCUMENTS = ['/openapi.json', '/openapi-3.2.json'] as const;

describe('[HTTP-05] GET /openapi.json', () => {
  let openai: ScriptedOpenAi;
  let server: TestServer;
  let document: OpenApiDocument;
  let document32: OpenApiDocument;

  beforeAll(async () => {
    openai = await startScriptedOpenAi();
    server = await startServer({ OPENAI_BASE_URL: openai.baseUrl, OPENAI_MODEL: 'plain' });
    [document, document32] = await Promise.all(
      DOCUMENTS.map(
        async (path) => JSON.parse((await send(server.url, { path })).body) as OpenApiDocument,
      ) as [Promise<OpenApiDocument>, Promise<OpenApiDocument>],
    );
  });
  afterAll(async () => {
    await server.stop();
    await openai.stop();
  });

  const operations = (of = document) =>
    Object.entries(of.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, path, operation })),
    );
  const check = (schema: object, value: unknown, { components } = document) => {
    const validator = new Validator({ ...schema, components }, '2020-12', false);
    const { valid, errors } = validator.validate(value);
    return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
  };
  const answerFits = (path: string, method: string, { status, headers, body }: HttpAnswer) => {
    const operation = document.paths[path]![method]!;
    const response = operation.responses[status];
    expect(response).toBeDefined();
    const mediaType = (headers['content-type'] ?? '').split(';', 1)[0]!;
    const media = response!.content?.[mediaType];
    expect(media).toBeDefined();
    if (media!.schema?.type !== 'string') expect(check(media!.schema!, JSON.parse(body))).toEqual([]);
    headersAreTold(headers, response!);
  };

  it('[API-01] is OpenAPI 3.1 and 3.2, with unique operation ids, whose references all lead somewhere', () => {
    expect([document.openapi, document32.openapi]).toEqual(['3.1.1', '3.2.0']);
    for (const one of [document, document32]) {
      const ids = operations(one).map(({ operation }) => operation.operationId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, path] of JSON.stringify(one).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        const target = path!
          .split('/')
          .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], one);
        expect({ path, target: typeof target }).toEqual({ path, target: 'object' });
      }
    }
  });

  it('[API-01] says the same in both editions, but for the items of streams', () => {
    const streamless = ({ openapi: _edition, $self: _address, ...rest }: OpenApiDocument) =>
      JSON.parse(
        JSON.stringify(rest, (key, value) => (key === 'text/event-stream' ? 'a stream' : value)),
      ) as Omit<OpenApiDocument, 'openapi'>;
    const [one, other] = [streamless(document), streamless(document32)];
    for (const name of Object.keys(other.components.schemas))
      if (!(name in one.components.schemas)) delete other.components.schemas[name];
    expect(other).toEqual(one);
  });

  it('[API-01] names every code that an answer may have', () => {
    const refusals = operations().flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(
        ({ content }) => content?.['application/problem+json']?.schema?.['allOf'] ?? [],
      ),
    );
    const named = new Set(
      (refusals as JsonSchema[]).flatMap(({ properties }) => properties?.['code']?.enum ?? []),
    );
    const codes = Object.keys(errorKinds) as ErrorCode[];
    const answered = codes.filter((code) => errorKinds[code].status >= 400 && !OF_NO_ROUTE.has(code));
    expect(answered.filter((code) => !named.has(code))).toEqual([]);
  });

  it('names every parameter of its paths', () => {
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parametersOf(document, operation)
          .filter((one) => one.in === 'path')
          .map(({ name }) => name),
      ).toEqual(inPath);
    }
  });

  it('has schemas that compile, each of which refuses something', () => {
    const refusesNothing = Object.keys(document.components.schemas).filter(
      (name) => check({ $ref: `#/components/schemas/${name}` }, 5).length === 0,
    );
    expect(refusesNothing).toEqual([]);
  });

  it('[API-01] and the router have the same routes', async () => {
    const previous = process.env['DATABASE_URL'];
    process.env['DATABASE_URL'] = 'sqlite::memory:';
    const app = await createApp();
    try {
      await app.init();
      for (const one of [document, document32])
        expect(
          operations(one)
            .map(({ route }) => route)
            .sort(),
        ).toEqual(routesOf(app));
    } finally {
      await app.close();
      if (previous === undefined) delete process.env['DATABASE_URL'];
      else process.env['DATABASE_URL'] = previous;
    }
  });

  it('says of every route that it may answer with each of its statuses', () => {
    for (const { route, operation } of operations()) {
      const statuses = Object.keys(operation.responses);
      expect({ route, statuses }).toEqual({
        route,
        statuses: expect.arrayContaining(['400', '405', '414', '421', '431', '500']),
      });
      for (const [status, { content }] of Object.entries(operation.responses))
        if (Number(status) >= 400) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });

  it('describes what the routes answer', async () => {
    const get = (path: string) => send(server.url, { path });
    const turn = { model_name: 'plain', user_prompt: 'Hi', stream: false, conversation_id: 'c1' };
    const completion = await sendJson(server.url, CHAT, turn);
    const run = completion.headers['x-run-id'] as string;
    answerFits(CHAT, 'post', completion);
    answerFits('/api/runs/{id}', 'get', await get(`/api/runs/${run}`));
    answerFits('/api/runs/{id}', 'get', await get('/api/runs/nope'));
    answerFits('/api/runs/{id}/cancel', 'post', await sendJson(server.url, `/api/runs/${run}/cancel`, {}));
    answerFits('/api/runs/{id}/events', 'get', await get('/api/runs/nope/events'));
    answerFits('/api/chat/conversations', 'get', await get('/api/chat/conversations'));
    answerFits('/api/chat/conversations/{id}', 'get', await get('/api/chat/conversations/c1'));
    answerFits('/api/chat/conversations/{id}', 'get', await get('/api/chat/conversations/nope'));
    const conversation = (route: string, method: string, body?: object) =>
      send(server.url, {
        method,
        path: `/api/chat/conversations/${route}`,
        ...(body && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', 'content-length': JSON.stringify(body).length },
        }),
      });
    for (const [route, method, body] of [
      ['status', 'put', { status: 'favorite' }],
      ['title', 'put', { title: 'Hi' }],
      ['title', 'put', { title: ' ' }],
      ['tags', 'put', { tags: ['a'] }],
      ['tags', 'put', { tags: 5 }],
      ['compact', 'post', { conversation_id: 'c1', model_name: 'plain' }],
      ['export', 'get'],
    ] as const)
      answerFits(
        `/api/chat/conversations/{id}/${route}`,
        method,
        await conversation(`c1/${route}`, method, body),
      );
    const { body: archive } = await conversation('c1/export', 'get');
    answerFits(
      '/api/chat/conversations/import',
      'post',
      await sendJson(server.url, '/api/chat/conversations/import', archive),
    );
    const permanent = await conversation('c1/permanent', 'delete');
    answerFits('/api/chat/conversations/{id}/permanent', 'delete', permanent);
    const graph = {
      name: 'g',
      nodes: [{ name: 'a', model_name: 'plain', input_nodes: ['start'], output_nodes: ['end'] }],
    };
    const put = (path: string, body: object) => {
      const headers = { 'content-type': 'application/json', 'content-length': JSON.stringify(body).length };
      return send(server.url, { method: 'PUT', path, body: JSON.stringify(body), headers });
    };
    answerFits('/api/graphs', 'post', await sendJson(server.url, '/api/graphs', graph));
    answerFits('/api/graphs', 'post', await sendJson(server.url, '/api/graphs', { ...graph, nodes: [] }));
    answerFits('/api/graphs', 'get', await get('/api/graphs'));
    answerFits(
      '/api/graphs/validate',
      'post',
      await sendJson(server.url, '/api/graphs/validate', { ...graph, nodes: [] }),
    );
    answerFits('/api/graphs/{name}', 'get', await get('/api/graphs/g'));
    answerFits('/api/graphs/{name}', 'get', await get('/api/graphs/nope'));
    answerFits('/api/graphs/{name}/readme', 'put', await put('/api/graphs/g/readme', { readme: 'Hi' }));
    answerFits('/api/graphs/{name}/readme', 'get', await get('/api/graphs/g/readme'));
    answerFits('/api/graphs/{name}/versions', 'get', await get('/api/graphs/g/versions'));
    answerFits('/api/graphs/{name}/versions/{version}', 'get', await get('/api/graphs/g/versions/1'));
    const exported = await get('/api/graphs/g/export');
    answerFits('/api/graphs/{name}/export', 'get', exported);
    answerFits('/api/graphs/import', 'post', await sendJson(server.url, '/api/graphs/import', exported.body));
    answerFits('/api/graphs/{name}/rename/{to}', 'put', await put('/api/graphs/g/rename/h', {}));
    answerFits(
      '/api/graphs/{name}',
      'delete',
      await send(server.url, { method: 'DELETE', path: '/api/graphs/h' }),
    );
    answerFits('/api/models', 'get', await get('/api/models'));
    answerFits('/api/models/{name}', 'get', await get('/api/models/plain'));
    answerFits('/api/models/{name}', 'get', await get('/api/models/no/pe'));
    answerFits('/api/mcp/tools', 'get', await get('/api/mcp/tools'));
    answerFits('/api/mcp/status', 'get', await get('/api/mcp/status'));
    answerFits('/api/mcp/connect/{name}', 'post', await sendJson(server.url, '/api/mcp/connect/builtin', {}));
    answerFits('/api/mcp/connect/{name}', 'post', await sendJson(server.url, '/api/mcp/connect/nope', {}));
    answerFits(
      '/api/mcp/disconnect/{name}',
      'post',
      await sendJson(server.url, '/api/mcp/disconnect/builtin', {}),
    );
    const compatible = { model: 'plain', messages: [{ role: 'user', content: 'Hi' }] };
    const openAi = '/v1/chat/completions';
    answerFits(openAi, 'post', await sendJson(server.url, openAi, compatible));
    for (const wrong of [{ model: 'x' }, { messages: [] }, { n: 2 }])
      answerFits(openAi, 'post', await sendJson(server.url, openAi, { ...compatible, ...wrong }));
    const uiChat = { id: 'ui', messages: [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'Hi' }] }] };
    for (const wrong of [{ id: 'no spaces' }, { messages: [] }, { model: 'x' }])
      answerFits(
        '/api/ai-sdk/chat',
        'post',
        await sendJson(server.url, '/api/ai-sdk/chat', { ...uiChat, ...wrong }),
      );
    const agUi = { threadId: 'ag-ui', runId: 'run', messages: [{ id: 'u', role: 'user', content: 'Hi' }] };
    for (const wrong of [{ threadId: 'no spaces' }, { messages: [] }, { forwardedProps: { model: 'x' } }])
      answerFits(
        '/api/ag-ui/run',
        'post',
        await sendJson(server.url, '/api/ag-ui/run', { ...agUi, ...wrong }),
      );
    answerFits('/v1/models', 'get', await get('/v1/models'));
    answerFits('/v1/models/{name}', 'get', await get('/v1/models/plain'));
    answerFits('/v1/models/{name}', 'get', await get('/v1/models/no/pe'));
    answerFits('/health', 'get', await get('/health'));
    for (const path of DOCUMENTS) answerFits(path, 'get', await get(path));
    for (const body of ['{', { model_name: 5 }, { ...turn, user_prompt: ' ' }, { ...turn, model_name: 'x' }])
      answerFits(CHAT, 'post', await sendJson(server.url, CHAT, body));
    await openai.push(scripts.failing(400));
    const refused = await sendJson(server.url, CHAT, turn);
    expect(refused.status).toBe(502);
    answerFits(CHAT, 'post', refused);
  });

  it.each([
    [CHAT, { model_name: 'plain', user_prompt: 'Hi' }],
    ['/v1/chat/completions', { model: 'plain', stream: true, messages: [{ role: 'user', content: 'Hi' }] }],
    [
      '/api/ai-sdk/chat',
      { model: 'plain', messages: [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'Hi' }] }] },
    ],
  ])('[API-01] describes the items of the stream of %s', async (path, body) => {
    const answer = await sendJson(server.url, path, body);
    const response = document32.paths[path]!['post']!.responses['200']!;
    headersAreTold(answer.headers, response);
    const { itemSchema } = response.content!['text/event-stream']!;
    const [frame, end] = document32.components.schemas[itemSchema!.$ref!.split('/').at(-1)!]!.oneOf!;
    const items: EventSourceMessage[] = [];
    const parser = createParser({
      onEvent: (item) => void items.push(JSON.parse(JSON.stringify(item)) as EventSourceMessage),
    });
    parser.feed(answer.body);
    expect(items.length).toBeGreaterThan(3);
    for (const [at, item] of items.entries()) {
      const isLast = at === items.length - 1;
      expect(check(itemSchema!, item, document32)).toEqual([]);
      expect(check(isLast ? end! : frame!, item, document32)).toEqual([]);
      const content = frame!.properties!['data']!['contentSchema'] as JsonSchema;
      if (!isLast) expect(check(content, JSON.parse(item.data))).toEqual([]);
    }
  });

  it('[API-02] leads to the schemas of the events', async () => {
    const { body } = await send(server.url, { path: '/schemas' });
    const { native_frame, events } = JSON.parse(body) as {
      native_frame: string;
      events: Record<string, string>;
    };
    for (const path of [native_frame, ...Object.values(events), '/schemas/run-state.json']) {
      const answer = await send(server.url, { path });
      expect(answer.headers['content-type']).toBe('application/schema+json; charset=utf-8');
      expect(JSON.parse(answer.body)).toMatchObject({ $id: path });
      answerFits('/schemas/{name}', 'get', answer);
    }
    answerFits('/schemas', 'get', await send(server.url, { path: '/schemas' }));
    const missing = await send(server.url, { path: '/schemas/nope.json' });
    expect(missing.status).toBe(404);
    answerFits('/schemas/{name}', 'get', missing);
  });

  it('describes every chunk for clients of OpenAI', async () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const body = { model: 'plain', messages: [{ role: 'user', content: 'Hi' }], stream: true, tools };
    const call = scripts.calling({ id: 'a', name: 'f', args: {} });
    for (const scene of [scripts.withReasoning(), scripts.refusing(), call, scripts.plain()]) {
      await openai.push(scene);
      const request = { ...body, stream_options: { include_usage: true } };
      expect(check({ $ref: '#/components/schemas/OpenAiChatRequest' }, request)).toEqual([]);
      const frames = framesOf(await sendJson(server.url, '/v1/chat/completions', request));
      expect(frames.length).toBeGreaterThan(3);
      for (const frame of frames)
        expect(check({ $ref: '#/components/schemas/OpenAiChunk' }, frame)).toEqual([]);
    }
  });

  it('describes every chunk for clients of the AI SDK', async () => {
    const call = scripts.calling({ id: 'a', name: 'builtin__calculate', args: { expression: '6*7' } });
    const broken = scripts.calling({ id: 'b', name: 'nope', args: '{bad' });
    const scenes = [
      scripts.withReasoning(),
      scripts.refusing(),
      scripts.cutAfter('Hel'),
      call,
      broken,
      scripts.plain(),
    ];
    await openai.push(...scenes);
    for (let at = 0; at < 4; at += 1) {
      const messages = [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
      const request = { id: `ui-${at}`, model: 'plain', messages, mcp_servers: ['builtin', 'nowhere'] };
      expect(check({ $ref: '#/components/schemas/AiSdkChatRequest' }, request)).toEqual([]);
      const frames = framesOf(await sendJson(server.url, '/api/ai-sdk/chat', request));
      expect(frames.length).toBeGreaterThan(3);
      for (const frame of frames)
        expect({ frame, faults: check({ $ref: '#/components/schemas/AiSdkChunk' }, frame) }).toEqual({
          frame,
          faults: [],
        });
    }
  });

  it('describes every event for clients of AG-UI', async () => {
    const call = scripts.calling({ id: 'a', name: 'builtin__calculate', args: { expression: '6*7' } });
    const broken = scripts.calling({ id: 'b', name: 'nope', args: '{bad' });
    const own = scripts.calling({ id: 'c', name: 'f', args: {} });
    const plain = scripts.plain();
    await openai.push(
      scripts.withReasoning(),
      scripts.refusing(),
      scripts.cutAfter('Hel'),
      own,
      call,
      broken,
      plain,
    );
    for (const [at, protocolVersion] of ['1.0', undefined, '1.0', undefined, '1.0', '1.0'].entries()) {
      const request = {
        threadId: 'ag-ui',
        runId: `run-${Math.min(at, 4)}`,
        protocolVersion,
        messages: [{ id: 'u', role: 'user', content: 'Hi' }],
        tools: at === 3 ? [{ name: 'f', description: 'F' }] : [],
        forwardedProps: { model: 'plain', mcp_servers: ['builtin', 'nowhere'] },
      };
      expect(
        check({ $ref: '#/components/schemas/AgUiRunRequest' }, JSON.parse(JSON.stringify(request))),
      ).toEqual([]);
      const frames = dataOf(await sendJson(server.url, '/api/ag-ui/run', request)).map(
        (text) => JSON.parse(text) as object,
      );
      expect(frames.length).toBeGreaterThan(2);
      for (const frame of frames)
        expect({ frame, faults: check({ $ref: '#/components/schemas/AgUiEvent' }, frame) }).toEqual({
          frame,
          faults: [],
        });
    }
  });

  it('describes every frame of real runs', async () => {
    const call = scripts.calling({ id: 'a', name: 'builtin__calculate', args: { expression: '6*7' } });
    const scenes = [
      scripts.withReasoning(),
      scripts.refusing(),
      scripts.cutAfter('Hel', 'lo'),
      scripts.failing(400),
    ];
    const seen = new Set<string>();
    const read = async (body: object) => {
      const answer = await sendJson(server.url, CHAT, { model_name: 'plain', user_prompt: 'Hi', ...body });
      for (const frame of framesOf(answer)) {
        expect(check({ $ref: '#/components/schemas/NativeFrame' }, frame)).toEqual([]);
        seen.add(kindOf(frame));
      }
      return answer.headers['x-run-id'] as string;
    };
    for (const scene of scenes) {
      await openai.push(scene);
      await read({});
    }
    await openai.push(call, scripts.plain());
    const run = await read({ mcp_servers: ['builtin', 'nowhere'], conversation_id: 'frames' });
    const recovered = await send(server.url, { path: `/api/runs/${run}/events?after=garbage` });
    for (const frame of framesOf(recovered)) {
      expect(check({ $ref: '#/components/schemas/NativeFrame' }, frame)).toEqual([]);
      seen.add(kindOf(frame));
    }
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        'chunk',
        'error',
        'tool',
        'run_created',
        'run_completed',
        'run_snapshot',
        'tool_call_ready',
        'warning',
      ]),
    );
  });
});

describe('[HTTP-05] the pages', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it.each(['/docs', '/errors'])(
    '%s has no script, no style of its own and nothing from elsewhere',
    async (path) => {
      const { status, headers, body } = await send(server.url, { path });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(body).not.toMatch(/<script|<style|\sstyle=|\son\w+=|<img|<iframe/i);
      const addresses = [...body.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address!);
      expect(addresses.filter((address) => !/^[/#]/.test(address))).toEqual([]);
      const ids = [...body.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
      expect(new Set(ids).size).toBe(ids.length);
      expect(
        addresses.filter((address) => address.startsWith('#') && !ids.includes(address.slice(1))),
      ).toEqual([]);
    },
  );

  it('/docs tells every operation', async () => {
    const [page, json] = await Promise.all(
      ['/docs', '/openapi.json'].map((path) => send(server.url, { path })),
    );
    const document = JSON.parse(json!.body) as OpenApiDocument;
    for (const [path, methods] of Object.entries(document.paths))
      for (const { operationId } of Object.values(methods))
        expect(page!.body).toMatch(
          new RegExp(`<section id="${operationId}">[^]*?<code>${path.replace(/[{}]/g, '.')}</code>`),
        );
  });

  it('every problem type leads to its code', async () => {
    const { body } = await send(server.url, { path: '/errors' });
    const refused = await send(server.url, { path: '/nope' });
    const type = (JSON.parse(refused.body) as { type: string }).type;
    expect(type).toBe('/errors#not_found');
    expect(body).toContain('<tr id="not_found">');
  });
});

function parametersOf(
  document: OpenApiDocument,
  { parameters = [] }: Operation,
): { name: string; in: string }[] {
  const known: Record<string, { name: string; in: string }> = document.components.parameters;
  return parameters.map(({ $ref }) => known[$ref.slice($ref.lastIndexOf('/') + 1)]!);
}

function routesOf(app: NestExpressApplication): string[] {
  const { stack } = app.getHttpAdapter().getInstance().router as {
    stack: { route?: { path: string; methods: Record<string, boolean> } }[];
  };
  const routes = stack.flatMap(({ route }) => {
    const methods = Object.keys(route?.methods ?? {});
    if (!route || methods.length >= METHODS.length - 1) return [];
    const path = route.path.replace(/[:*](\w+)/g, '{$1}');
    return methods.map((method) => `${method} ${path}`);
  });
  return routes.filter((route) => !NOT_API.has(route)).sort();
}

function headersAreTold(headers: HttpAnswer['headers'], { headers: told = {} }: OpenApiResponse): void {
  const names = new Set(Object.keys(told).map((name) => name.toLowerCase()));
  expect(Object.keys(headers).filter((name) => !GENERAL_HEADERS.test(name) && !names.has(name))).toEqual([]);
}

function dataOf({ body }: HttpAnswer): string[] {
  return [...body.matchAll(/^data: (.*)$/gm)].map(([, text]) => text!);
}

function framesOf(answer: HttpAnswer): Record<string, unknown>[] {
  const data = dataOf(answer);
  expect(data.pop()).toBe('[DONE]');
  return data.map((text) => JSON.parse(text) as Record<string, unknown>);
}

function kindOf(frame: Record<string, unknown>): string {
  if (typeof frame['type'] === 'string') return frame['type'];
  return 'choices' in frame ? 'chunk' : 'error' in frame ? 'error' : String(frame['role']);
}
