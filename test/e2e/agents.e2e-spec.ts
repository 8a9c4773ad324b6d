import { World, type JsonAnswer } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

async function call(method: string, path: string, body?: object): Promise<JsonAnswer> {
  const response = await fetch(`${world.server.url}/api/agents${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as JsonAnswer['body'],
  };
}

describe('[AGENT-01] agents', () => {
  test('are stored, listed, changed, renamed and deleted', async () => {
    const writer = {
      name: '作家',
      description: 'Writes.',
      model_name: 'plain',
      system_prompt: 'Write.',
      mcp_servers: ['everything'],
      limits: { max_iterations: 4 },
      parameters: { temperature: 0.2, stop: ['END'] },
    };
    const created = await call('POST', '', writer);
    expect(created).toMatchObject({ status: 201, body: { ...writer, agents: [] } });
    const path = `/${encodeURIComponent('作家')}`;
    const { body: read } = await call('GET', path);
    expect(read).toEqual(created.body);
    expect((await call('POST', '', writer)).body).toMatchObject({ code: 'agent_exists' });
    expect((await call('POST', '', { name: 'editor', model_name: 'plain', agents: ['作家'] })).status).toBe(
      201,
    );
    expect((await call('GET', '')).body).toMatchObject([
      { name: 'editor', model_name: 'plain' },
      { name: '作家', description: 'Writes.', created_at: expect.any(Number) },
    ]);

    expect(await call('PUT', path, { ...read, name: 'writer' })).toMatchObject({
      status: 200,
      body: { name: 'writer' },
    });
    expect((await call('GET', '/editor')).body).toMatchObject({ agents: ['writer'] });
    expect(await call('PUT', '/writer', { ...read, name: 'editor' })).toMatchObject({
      status: 409,
      body: { code: 'agent_exists' },
    });
    // A rename cannot make an agent that calls itself.
    expect((await call('PUT', '/editor', { ...read, name: 'boss', agents: ['editor'] })).body).toMatchObject({
      code: 'invalid_agent',
      errors: [{ type: 'calls_itself', loc: ['agents', '0'] }],
    });
    expect(await call('DELETE', '/writer')).toMatchObject({
      status: 409,
      body: { code: 'agent_in_use', agents: ['editor'] },
    });
    for (const name of ['editor', 'writer']) expect((await call('DELETE', `/${name}`)).status).toBe(200);
    expect(await call('GET', '/writer')).toMatchObject({ status: 404, body: { code: 'agent_not_found' } });
  });

  test('tell every fault at once, before and at saving', async () => {
    const wrong = { name: 'wrong', model_name: 'nope', mcp_servers: ['gone'], agents: ['wrong', 'missing'] };
    const errors = [
      { type: 'unknown_model', loc: ['model_name'], msg: 'There is no model "nope".' },
      { type: 'unknown_server', loc: ['mcp_servers', '0'] },
      { type: 'calls_itself', loc: ['agents', '0'] },
      { type: 'unknown_agent', loc: ['agents', '1'] },
    ];
    expect((await call('POST', '/validate', wrong)).body).toMatchObject({ valid: false, errors });
    expect(await call('POST', '', wrong)).toMatchObject({
      status: 400,
      body: { code: 'invalid_agent', errors },
    });
    expect((await call('GET', '/wrong')).status).toBe(404);
    const fine = { name: 'fine', model_name: 'plain' };
    expect((await call('POST', '/validate', fine)).body).toEqual({ valid: true, errors: [] });
  });
});
