import { modelsResource, serversResource } from './catalog.js';

function answering(body: unknown, status = 200) {
  return () => Promise.resolve(new Response(JSON.stringify(body), { status }));
}

describe('what the server offers', () => {
  it('reads the names of the models', async () => {
    const models = modelsResource(
      answering([{ name: 'demo', base_url: 'demo:', model: 'demo' }, { model: 'nameless' }]),
    );
    await models.load();
    expect(models.state.peek()).toEqual({ kind: 'ready', data: ['demo'] });
  });

  it('reads the state of the MCP servers', async () => {
    const servers = serversResource(
      answering({
        builtin: {
          connected: true,
          init_attempted: true,
          tools: ['a', 'b'],
          error: null,
          transport_type: 'x',
        },
        broken: { connected: false, init_attempted: true, tools: [], error: 'refused' },
      }),
    );
    await servers.load();
    expect(servers.state.peek()).toEqual({
      kind: 'ready',
      data: [
        { name: 'builtin', connected: true, tried: true, tools: ['a', 'b'], error: '' },
        { name: 'broken', connected: false, tried: true, tools: [], error: 'refused' },
      ],
    });
  });

  it('keeps what it has when a later load fails, and shows a failure when it has nothing', async () => {
    const answers = [
      answering({ detail: 'Not now.', code: 'internal' }, 503),
      answering([{ name: 'm' }]),
      answering({}, 500),
    ];
    const models = modelsResource(() => answers.shift()!());
    await models.load();
    expect(models.state.peek()).toMatchObject({
      kind: 'failed',
      problem: { status: 503, detail: 'Not now.' },
    });
    await models.load();
    expect(models.state.peek()).toEqual({ kind: 'ready', data: ['m'] });
    await models.load();
    expect(models.state.peek()).toEqual({ kind: 'ready', data: ['m'] });
  });

  it('lets the last of two loads count', async () => {
    const resolve: ((response: Response) => void)[] = [];
    const models = modelsResource(() => new Promise((done) => resolve.push(done)));
    const [first, second] = [models.load(), models.load()];
    resolve[1]?.(new Response('[{"name":"new"}]'));
    await second;
    resolve[0]?.(new Response('[{"name":"old"}]'));
    await first;
    expect(models.state.peek()).toEqual({ kind: 'ready', data: ['new'] });
  });
});
