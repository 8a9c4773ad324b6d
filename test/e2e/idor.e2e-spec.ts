import { ApiKeyStore } from '../../src/auth/api-key/api-key.store.js';
import type { Owner } from '../../src/auth/owner.js';
import { send, type HttpAnswer } from '../support/http-client.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startInProcess, type InProcessApp, type Route } from '../support/in-process-app.js';

/** Routes whose ids name what the operator has configured: the same for everybody. */
const SHARED = ['/api/models', '/v1/models', '/api/mcp', '/c/', '/graphs{', '/agents{', '/schemas/'];

/** Which of a person's objects the first parameter of a path names. A route that none fits must be taught here. */
const KINDS = {
  '/api/runs/:id': 'run',
  '/api/chat/conversations/:id': 'conversation',
  '/api/ai-sdk/chat/:id': 'conversation',
  '/api/graphs/:name': 'graph',
  '/api/agents/:name': 'agent',
} as const;

/** What a route says of an id that nobody has; clients of the AI SDK take anything but 204 for a failure. */
const nothingOf = ({ path }: Route) => (path.startsWith('/api/ai-sdk/') ? 204 : 404);

/** Bodies that are valid, for routes that check them before they look for the object. */
const BODIES: Record<string, (id: string, run: string) => object> = {
  'PUT /api/chat/conversations/:id/title': () => ({ title: 'stolen' }),
  'PUT /api/chat/conversations/:id/tags': () => ({ tags: ['stolen'] }),
  'PUT /api/chat/conversations/:id/status': () => ({ status: 'deleted' }),
  'PUT /api/chat/conversations/:id/branch': (_id, run) => ({ run_id: run }),
  'POST /api/chat/conversations/:id/compact': (id) => ({ conversation_id: id, model_name: 'plain' }),
  'PUT /api/graphs/:name/readme': () => ({ readme: 'stolen' }),
  'PUT /api/agents/:name': (id) => agentOf(id, 'stolen'),
};

interface Person {
  name: string;
  owner: Owner;
  key: string;
  run: string;
  conversation: string;
  graph: string;
  agent: string;
}

const CHAT = '/api/chat/completions';
const NOWHERE = {
  run: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  conversation: 'nobody-has-this',
  graph: 'nobodys',
  agent: 'nobodys-agent',
};

describe('[P17] isolation of owners', () => {
  let openai: ScriptedOpenAi;
  let site: InProcessApp;
  let people: Person[];
  let routes: { route: Route; kind: keyof typeof NOWHERE }[];

  beforeAll(async () => {
    openai = await startScriptedOpenAi();
    site = await startInProcess({
      AUTH_MODE: 'api-key',
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_MODEL: 'plain',
    });
    const owners: [string, Owner][] = [
      ['alice', { tenant_id: 'acme', user_id: 'alice' }],
      ['bob, of the same tenant', { tenant_id: 'acme', user_id: 'bob' }],
      ['alice, of another tenant', { tenant_id: 'other', user_id: 'alice' }],
    ];
    const keys = site.app.get(ApiKeyStore, { strict: false });
    people = [];
    for (const [index, [name, owner]] of owners.entries()) {
      const { key } = await keys.create({ owner, name: '', expiresAt: null }, Date.now());
      const conversation = `conversation-${index}`;
      const { headers } = await chat(key, { conversation_id: conversation });
      const graph = `graph-${index}`;
      await call(key, 'POST', '/api/graphs', graphOf(graph));
      const agent = `agent-${index}`;
      await call(key, 'POST', '/api/agents', agentOf(agent));
      people.push({ name, owner, key, conversation, graph, agent, run: headers['x-run-id'] as string });
    }
    routes = site.routes
      .filter(({ path }) => /[:*]/.test(path) && !SHARED.some((prefix) => path.startsWith(prefix)))
      .map((route) => ({ route, kind: kindOf(route) }));
  });
  afterAll(async () => {
    await site.close();
    await openai.stop();
  });

  const call = (key: string, method: string, path: string, body?: object, headers: object = {}) => {
    const text = body && JSON.stringify(body);
    return send(site.url, {
      method,
      path,
      headers: {
        authorization: `Bearer ${key}`,
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': text.length }),
        ...headers,
      },
      body: text,
    });
  };
  const chat = (key: string, fields: object = {}, headers: object = {}) =>
    call(key, 'POST', CHAT, { model_name: 'plain', user_prompt: 'hi', stream: false, ...fields }, headers);
  const attempt = (key: string, { method, path }: Route, id: string, verb = method) =>
    call(
      key,
      verb,
      path.replace(/[:*]\w+/, id).replaceAll(/[:*]\w+/g, 'inner-id'),
      method === 'GET' || method === 'DELETE'
        ? undefined
        : (BODIES[`${method} ${path}`]?.(id, runOf(id)) ?? {}),
    );
  const runOf = (conversation: string) =>
    people.find((one) => one.conversation === conversation)?.run ?? NOWHERE.run;
  const pairs = () =>
    people.flatMap((stranger) =>
      people.filter((one) => one !== stranger).map((victim) => ({ stranger, victim })),
    );
  const everythingOf = async ({ key, run, conversation, graph, agent }: Person) => {
    const paths = [
      `/api/runs/${run}`,
      `/api/chat/conversations/${conversation}`,
      '/api/chat/conversations',
      `/api/graphs/${graph}/readme`,
      '/api/graphs',
      `/api/agents/${agent}`,
      '/api/agents',
    ];
    return Promise.all(paths.map(async (path) => (await call(key, 'GET', path)).body));
  };

  it('covers runs, conversations, graphs and agents', () => {
    expect(new Set(routes.map(({ kind }) => kind))).toEqual(new Set(Object.keys(NOWHERE)));
    expect(routes.length).toBeGreaterThanOrEqual(4);
  });

  it('answers another’s id like one that nobody has, on every route, and changes nothing', async () => {
    const before = await Promise.all(people.map(everythingOf));
    for (const { stranger, victim } of pairs())
      for (const { route, kind } of routes)
        for (const verb of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]) {
          const answer = await attempt(stranger.key, route, victim[kind], verb);
          const nothing = await attempt(stranger.key, route, NOWHERE[kind], verb);
          const told = { verb, path: route.path, who: stranger.name, whose: victim.name };
          expect({ ...told, status: answer.status }).toEqual({ ...told, status: nothingOf(route) });
          expect(bare(answer, victim[kind])).toEqual(bare(nothing, NOWHERE[kind]));
        }
    expect(await Promise.all(people.map(everythingOf))).toEqual(before);
  });

  it('lists to each what is theirs', async () => {
    for (const { key, conversation, graph, agent } of people) {
      const { body } = await call(key, 'GET', '/api/chat/conversations');
      const { conversations, total_count } = JSON.parse(body);
      expect(conversations.map(({ _id }: { _id: string }) => _id)).toEqual([conversation]);
      expect(total_count).toBe(1);
      expect(JSON.parse((await call(key, 'GET', '/api/graphs')).body)).toEqual([graph]);
      expect(JSON.parse((await call(key, 'GET', '/api/agents')).body)).toMatchObject([{ name: agent }]);
    }
  });

  it('resumes no run of another', async () => {
    for (const { stranger, victim } of pairs())
      for (const stream of [true, false]) {
        const { status, body } = await chat(
          stranger.key,
          { stream },
          { 'last-event-id': `${victim.run}.1.1` },
        );
        expect({ status, code: JSON.parse(body).code }).toEqual({ status: 404, code: 'run_not_found' });
      }
  });

  it('asks no agent of another, calls none, and designs no graph of another', async () => {
    const post = (key: string, path: string, body: object, headers: object = {}) =>
      call(key, 'POST', path, { stream: false, ...body }, headers);
    const design = { requirement: 'change it', model_name: 'plain', conversation_id: 'design' };
    for (const { key, graph } of people)
      expect((await post(key, '/api/graphs/generate', { ...design, graph_name: graph })).status).toBe(200);
    for (const { stranger, victim } of pairs()) {
      const asked = { agent_name: stranger.agent, user_prompt: 'hi' };
      const refused = [
        await post(stranger.key, '/api/agent/run', { ...asked, agent_name: victim.agent }),
        await call(stranger.key, 'POST', '/api/agents', { ...agentOf('spy'), agents: [victim.agent] }),
        await post(stranger.key, '/api/agent/run', asked, { 'last-event-id': `${victim.run}.1.1` }),
        await post(stranger.key, '/api/graphs/generate', { ...design, graph_name: victim.graph }),
        await post(stranger.key, '/api/graphs/generate', design, { 'last-event-id': `${victim.run}.1.1` }),
      ];
      expect(refused.map(({ body }) => JSON.parse(body).code)).toEqual([
        'agent_not_found',
        'invalid_agent',
        'run_not_found',
        'graph_not_found',
        'run_not_found',
      ]);
      const { body } = await call(stranger.key, 'GET', '/api/chat/conversations/design');
      expect(JSON.parse(body).parsed_results).toMatchObject({ graph_name: stranger.graph });
    }
    for (const { key } of people) await call(key, 'DELETE', '/api/chat/conversations/design/permanent');
  });

  it('[D-40] runs no graph of another, goes on with none, and reads none', async () => {
    const answers = await Promise.all(
      people.map(({ key, graph }) =>
        call(key, 'POST', '/api/graphs/execute', {
          graph_name: graph,
          conversation_id: 'mine',
          stream: false,
        }),
      ),
    );
    const execute = (key: string, body: object, headers: object = {}) =>
      call(key, 'POST', '/api/graphs/execute', { stream: false, ...body }, headers);
    for (const { stranger, victim } of pairs()) {
      const ran = answers[people.indexOf(victim)]!;
      expect(ran.status).toBe(200);
      const { run_id } = JSON.parse(ran.body);
      const refused = [
        await execute(stranger.key, { graph_name: victim.graph }),
        await execute(stranger.key, { conversation_id: victim.conversation, continue_from_checkpoint: true }),
        await execute(stranger.key, { graph_name: stranger.graph }, { 'last-event-id': `${run_id}.1.1` }),
        await execute(stranger.key, {
          graph_name: stranger.graph,
          conversation_id: 'mine',
          after_run_id: run_id,
        }),
      ];
      expect(refused.map(({ body }) => JSON.parse(body).code)).toEqual([
        'graph_not_found',
        'conversation_not_found',
        'run_not_found',
        'run_not_found',
      ]);
    }
    for (const { key } of people)
      expect((await call(key, 'DELETE', '/api/chat/conversations/mine/permanent')).status).toBe(200);
  });

  it('resumes no run of another by the routes of other clients', async () => {
    const body = { model: 'plain', messages: [{ role: 'user', content: 'hi' }] };
    for (const { stranger, victim } of pairs())
      for (const stream of [true, false]) {
        const headers = { 'last-event-id': `${victim.run}.1.1` };
        const answers = [
          await call(stranger.key, 'POST', '/v1/chat/completions', { ...body, stream }, headers),
          await call(stranger.key, 'POST', '/api/ai-sdk/chat', uiChat(victim.conversation), headers),
          await call(stranger.key, 'POST', '/api/ag-ui/run', agUiRun(victim.conversation), headers),
        ];
        for (const answer of answers)
          expect([answer.status, JSON.parse(answer.body).code]).toEqual([404, 'run_not_found']);
      }
  });

  it('shows no thread of another to clients of AG-UI', async () => {
    const [alice, bob] = people as [Person, Person];
    const run = (messages: object[]) =>
      call(bob.key, 'POST', '/api/ag-ui/run', { ...agUiRun(alice.conversation), messages });
    const nobodys = await run([]);
    expect([nobodys.status, JSON.parse(nobodys.body).code]).toEqual([400, 'blank_prompt']);
    const answer = { id: `${alice.run}.msg`, role: 'assistant', content: 'x' };
    const answered = await run([answer]);
    expect([answered.status, JSON.parse(answered.body).code]).toEqual([400, 'unsupported_parameter']);
    const { status } = await call(bob.key, 'GET', `/api/chat/conversations/${alice.conversation}`);
    expect(status).toBe(404);
  });

  it('takes the same thread and run of AG-UI of two people for two things', async () => {
    const [alice, bob] = people as [Person, Person];
    const [first, second] = [
      await call(alice.key, 'POST', '/api/ag-ui/run', agUiRun('shared-thread')),
      await call(bob.key, 'POST', '/api/ag-ui/run', agUiRun('shared-thread')),
    ];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.headers['x-run-id']).not.toBe(first.headers['x-run-id']);
  });

  it('lets no answer of another be the one before', async () => {
    const [alice, bob] = people as [Person, Person];
    const answered = { id: alice.run, role: 'assistant', parts: [{ type: 'text', text: 'x' }] };
    const chat = uiChat(bob.conversation, answered);
    const { status, body } = await call(bob.key, 'POST', '/api/ai-sdk/chat', chat);
    expect(status).toBe(200);
    expect(body).toContain('[DONE]');
    const { rounds } = JSON.parse(
      (await call(bob.key, 'GET', `/api/chat/conversations/${bob.conversation}`)).body,
    );
    expect(rounds.at(-1).after_run_id).toBe(bob.run);
  });

  it('lets no turn follow one of another', async () => {
    for (const { stranger, victim } of pairs())
      for (const conversation_id of [stranger.conversation, victim.conversation, 'a-new-one']) {
        const { status, body } = await chat(stranger.key, { conversation_id, after_run_id: victim.run });
        expect({ status, code: JSON.parse(body).code }).toEqual({ status: 404, code: 'run_not_found' });
      }
  });

  it('takes the same conversation id and Idempotency-Key of two people for two things', async () => {
    const [alice, bob] = people as [Person, Person];
    const shared = { conversation_id: 'shared', user_prompt: 'a secret of alice' };
    const first = await chat(alice.key, shared, { 'idempotency-key': 'same' });
    const second = await chat(bob.key, { conversation_id: 'shared' }, { 'idempotency-key': 'same' });
    expect(first.status).toBe(200);
    expect(second.status).toBe(200);
    expect(second.headers['x-run-id']).not.toBe(first.headers['x-run-id']);
    const { body } = await call(bob.key, 'GET', '/api/chat/conversations/shared');
    expect(JSON.parse(body).rounds).toHaveLength(1);
    expect(body).not.toContain('a secret of alice');
  });

  it('believes no identity in a body or a header', async () => {
    const [alice, bob] = people as [Person, Person];
    const claim = { user_id: 'alice', tenant_id: 'acme' };
    const headers = { 'x-user-id': 'alice', 'x-tenant-id': 'acme', 'x-gateway-secret': 's' };
    await chat(bob.key, { ...claim, conversation_id: 'claimed' }, headers);
    expect((await call(bob.key, 'GET', '/api/chat/conversations/claimed')).status).toBe(200);
    expect((await call(alice.key, 'GET', '/api/chat/conversations/claimed')).status).toBe(404);
    expect(
      (await call(bob.key, 'GET', `/api/runs/${alice.run}?user_id=alice`, undefined, headers)).status,
    ).toBe(404);
  });

  it('lets each owner through the same routes, deleting last', async () => {
    const [alice] = people as [Person];
    const last = routes.filter(({ route }) => route.method === 'DELETE');
    for (const { route, kind } of [...routes.filter((one) => !last.includes(one)), ...last]) {
      if (route.path.replace(/[:*]\w+/, '').match(/[:*]/)) continue;
      const { status } = await attempt(alice.key, route, alice[kind]);
      expect({ ...route, found: status !== 404 && status < 500 }).toEqual({ ...route, found: true });
    }
  });
});

function uiChat(id: string, ...before: object[]): object {
  return {
    id,
    model: 'plain',
    messages: [...before, { id: 'u', role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  };
}

function agUiRun(threadId: string): object {
  return {
    threadId,
    runId: 'run',
    forwardedProps: { model: 'plain' },
    messages: [{ id: 'u', role: 'user', content: 'hi' }],
  };
}

function graphOf(name: string): object {
  const node = { name: 'a', model_name: 'plain', input_nodes: ['start'], output_nodes: ['end'] };
  return { name, description: 'a secret', nodes: [node] };
}

function agentOf(name: string, system_prompt = 'a secret'): object {
  return { name, model_name: 'plain', system_prompt };
}

function kindOf({ path }: Route): keyof typeof NOWHERE {
  const match = Object.entries(KINDS).find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`));
  if (!match) throw new Error(`${path}: say in KINDS what its id names, or in SHARED that it is everybody's`);
  return match[1];
}

/** An answer without what differs between any two requests. */
function bare({ status, headers, body }: HttpAnswer, id: string): object {
  const problem = body === '' ? {} : (JSON.parse(body.replaceAll(id, 'ID')) as Record<string, unknown>);
  return { status, type: headers['content-type'], problem: { ...problem, trace_id: '' } };
}
