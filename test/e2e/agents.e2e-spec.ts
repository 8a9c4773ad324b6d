import { AgentClient } from '../support/agents.js';
import { World } from '../support/world.js';

let world: World;
let agents: AgentClient;
beforeAll(async () => {
  world = await World.start();
  agents = new AgentClient(world);
});
afterAll(() => world.stop());

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
    const created = await agents.call('POST', '', writer);
    expect(created).toMatchObject({ status: 201, body: { ...writer, agents: [] } });
    const path = `/${encodeURIComponent('作家')}`;
    const { body: read } = await agents.call('GET', path);
    expect(read).toEqual(created.body);
    expect((await agents.call('POST', '', writer)).body).toMatchObject({ code: 'agent_exists' });
    expect(
      (await agents.call('POST', '', { name: 'editor', model_name: 'plain', agents: ['作家'] })).status,
    ).toBe(201);
    expect((await agents.call('GET', '')).body).toMatchObject([
      { name: 'editor', model_name: 'plain' },
      { name: '作家', description: 'Writes.', created_at: expect.any(Number) },
    ]);

    expect(await agents.call('PUT', path, { ...read, name: 'writer' })).toMatchObject({
      status: 200,
      body: { name: 'writer' },
    });
    expect((await agents.call('GET', '/editor')).body).toMatchObject({ agents: ['writer'] });
    expect(await agents.call('PUT', '/writer', { ...read, name: 'editor' })).toMatchObject({
      status: 409,
      body: { code: 'agent_exists' },
    });
    // A rename cannot make an agent that calls itself.
    expect(
      (await agents.call('PUT', '/editor', { ...read, name: 'boss', agents: ['editor'] })).body,
    ).toMatchObject({
      code: 'invalid_agent',
      errors: [{ type: 'calls_itself', loc: ['agents', '0'] }],
    });
    expect(await agents.call('DELETE', '/writer')).toMatchObject({
      status: 409,
      body: { code: 'agent_in_use', agents: ['editor'] },
    });
    for (const name of ['editor', 'writer'])
      expect((await agents.call('DELETE', `/${name}`)).status).toBe(200);
    expect(await agents.call('GET', '/writer')).toMatchObject({
      status: 404,
      body: { code: 'agent_not_found' },
    });
  });

  test('tell every fault at once, before and at saving', async () => {
    const wrong = { name: 'wrong', model_name: 'nope', mcp_servers: ['gone'], agents: ['wrong', 'missing'] };
    const errors = [
      { type: 'unknown_model', loc: ['model_name'], msg: 'There is no model "nope".' },
      { type: 'unknown_server', loc: ['mcp_servers', '0'] },
      { type: 'calls_itself', loc: ['agents', '0'] },
      { type: 'unknown_agent', loc: ['agents', '1'] },
    ];
    expect((await agents.call('POST', '/validate', wrong)).body).toMatchObject({ valid: false, errors });
    expect(await agents.call('POST', '', wrong)).toMatchObject({
      status: 400,
      body: { code: 'invalid_agent', errors },
    });
    expect((await agents.call('GET', '/wrong')).status).toBe(404);
    const fine = { name: 'fine', model_name: 'plain' };
    expect((await agents.call('POST', '/validate', fine)).body).toEqual({ valid: true, errors: [] });
  });
});
