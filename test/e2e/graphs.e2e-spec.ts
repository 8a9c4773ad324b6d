import { GraphClient, graph } from '../support/graphs.js';
import { World } from '../support/world.js';

let world: World;
let graphs: GraphClient;
beforeAll(async () => {
  world = await World.start();
  graphs = new GraphClient(world);
});
afterAll(() => world.stop());

const whole = { input_nodes: ['start'], output_nodes: ['end'] };

describe('[GRAPH-01] graphs', () => {
  test('[D-44] are stored as written, and what was read can be saved again', async () => {
    const inner = graph('inner', [{ name: 'x', ...whole }]);
    const outer = graph('外', [
      { name: 'sub', ...whole, is_subgraph: true, subgraph_name: 'inner', model_name: '' },
    ]);
    expect(await graphs.save(inner)).toMatchObject({
      status: 200,
      body: { status: 'success', message: "图 'inner' 保存成功" },
    });
    await graphs.save(outer);
    expect(await graphs.list()).toEqual(['inner', '外']);
    const { body: read } = await graphs.get('外');
    expect(read).toMatchObject({
      name: '外',
      nodes: [{ name: 'sub', subgraph_name: 'inner', model_name: null }],
    });
    expect((await graphs.save(read)).status).toBe(200);
    expect((await graphs.get('外')).body).toEqual(read);
    expect((await graphs.get('外', '/versions')).body).toMatchObject({
      versions: [{ version: 1, nodes: 1 }],
    });
  });

  test('have versions, each as it was', async () => {
    for (const description of ['one', 'two'])
      await graphs.save(graph('versions', [{ name: 'a', ...whole }], { description }));
    expect((await graphs.get('versions', '/versions/1')).body).toMatchObject({ description: 'one' });
    expect((await graphs.get('versions', '/versions/3')).body).toMatchObject({ code: 'graph_not_found' });
    await graphs.save((await graphs.get('versions', '/versions/1')).body);
    expect((await graphs.get('versions')).body).toMatchObject({ description: 'one' });
    expect((await graphs.get('versions', '/versions')).body['versions']).toHaveLength(3);
  });

  test('have a readme and a picture', async () => {
    await graphs.save(graph('pictured', [{ name: 'a', ...whole }]));
    expect((await graphs.call('PUT', 'pictured/readme', { readme: '# Hi' })).status).toBe(200);
    expect((await graphs.get('pictured', '/readme')).body).toMatchObject({
      name: 'pictured',
      config: { nodes: [{ name: 'a' }] },
      readme: '# Hi',
    });
    const picture = await fetch(`${world.server.url}/api/graphs/pictured/mermaid`);
    expect(picture.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await picture.text()).toMatch(/^flowchart TD\n/);
  });

  test('are renamed in the graphs that they are a part of, and deleted when they are a part of none', async () => {
    await graphs.save(graph('part', [{ name: 'a', ...whole }]));
    await graphs.save(graph('all', [{ name: 's', ...whole, is_subgraph: true, subgraph_name: 'part' }]));
    expect(await graphs.call('PUT', 'part/rename/piece')).toMatchObject({
      status: 200,
      body: { status: 'success', message: "图 'part' 已重命名为 'piece'" },
    });
    expect((await graphs.get('all')).body).toMatchObject({ nodes: [{ subgraph_name: 'piece' }] });
    expect(await graphs.call('PUT', 'piece/rename/all')).toMatchObject({
      status: 409,
      body: { code: 'graph_exists' },
    });
    expect(await graphs.call('DELETE', 'piece')).toMatchObject({
      status: 409,
      body: { code: 'graph_in_use', graphs: ['all'] },
    });
    expect(await graphs.call('DELETE', 'all')).toMatchObject({
      status: 200,
      body: { message: "图 'all' 删除成功" },
    });
    expect((await graphs.call('DELETE', 'piece')).status).toBe(200);
    expect(await graphs.get('piece')).toMatchObject({ status: 404, body: { detail: "找不到图 'piece'" } });
  });

  test('are taken elsewhere with the graphs inside of them', async () => {
    await graphs.save(graph('cargo-part', [{ name: 'a', ...whole }]));
    await graphs.save(graph('货', [{ name: 's', ...whole, is_subgraph: true, subgraph_name: 'cargo-part' }]));
    await graphs.call('PUT', '货/readme', { readme: 'heavy' });
    const file = await graphs.get('货', '/export');
    expect(file.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%E8%B4%A7.json");

    const another = new GraphClient(world, await world.another());
    expect((await another.call('POST', 'import', file.body)).status).toBe(201);
    expect((await another.get('货', '/export')).body).toEqual(file.body);
    // Again is nothing new; what differs is not replaced without a word.
    expect((await another.call('POST', 'import', file.body)).status).toBe(201);
    const changed = { ...file.body, subgraphs: [graph('cargo-part', [{ name: 'b', ...whole }])] };
    expect(await another.call('POST', 'import', changed)).toMatchObject({
      status: 409,
      body: { graphs: ['cargo-part'] },
    });
    expect((await another.call('POST', 'import', { ...changed, overwrite: true })).status).toBe(201);
    expect((await another.get('cargo-part')).body).toMatchObject({ nodes: [{ name: 'b' }] });
  });
});

test('[GRAPH-02] every fault is told at once, before and at saving', async () => {
  const wrong = graph('wrong', [
    { name: 'a', input_nodes: ['x'], model_name: 'nope', mcp_servers: ['gone'] },
    { name: 'a', is_subgraph: true, subgraph_name: 'missing', model_name: '' },
  ]);
  const errors = [
    { type: 'unknown_node', node: 'a', graph: 'wrong', loc: ['nodes', '0', 'input_nodes'] },
    { type: 'unknown_model', loc: ['nodes', '0', 'model_name'], msg: "节点 'a' 使用了不存在的模型 'nope'" },
    { type: 'unknown_server', loc: ['nodes', '0', 'mcp_servers'] },
    { type: 'duplicate_name', loc: ['nodes', '1', 'name'] },
    { type: 'unknown_subgraph', loc: ['nodes', '1', 'subgraph_name'] },
    { type: 'no_start', node: null },
    { type: 'no_end', node: null },
  ];
  expect((await graphs.call('POST', 'validate', wrong)).body).toMatchObject({ valid: false, errors });
  const refused = await graphs.save(wrong);
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_graph', errors } });
  expect(refused.body['detail']).toMatch(/^图配置无效: 节点 'a' 引用了不存在的输入节点 'x'; /);
  expect((await graphs.get('wrong')).status).toBe(404);
  expect((await graphs.call('POST', 'validate', graph('fine', [{ name: 'a', ...whole }]))).body).toEqual({
    valid: true,
    errors: [],
  });
});
