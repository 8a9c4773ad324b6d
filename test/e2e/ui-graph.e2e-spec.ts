import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scripts } from '../support/scripted-openai/index.js';
import type { TestServer } from '../support/server.js';
import { GraphsUi, storeGraph } from '../support/ui-graphs.js';
import type { UiOptions, UiPage } from '../support/ui-page.js';
import { UiWorld } from '../support/ui-world.js';

const { calling, cutAfter, saying, slow } = scripts;

const site = UiWorld.use();
let demo: TestServer;
beforeAll(async () => {
  demo = await site.world.another({ MODELS_FILE: '', MCP_SERVERS_FILE: '' });
}, 60_000);

const pathOf = (ui: UiPage): string => new URL(ui.page.url()).pathname;
interface Example {
  graph: { name: string; description: string; nodes: ExampleNode[]; end_template?: string };
}
type ExampleNode = Record<'name' | 'description' | 'system_prompt', string> & {
  user_prompt?: string;
  input_nodes: string[];
  output_nodes?: string[];
};
const example = async (name: string): Promise<Example> =>
  JSON.parse(await readFile(join(import.meta.dirname, '../../examples/graphs', name), 'utf8'));
/** The page with a graph of the scripted server chosen. */
async function openWith(name: string, options: UiOptions = {}): Promise<[UiPage, GraphsUi]> {
  const ui = await site.open(options);
  const graphs = new GraphsUi(ui);
  await graphs.mode('Graph');
  await ui.page.getByRole('radio', { name, exact: true }).check();
  return [ui, graphs];
}

describe('[UI-21] [UI-26] an example graph', () => {
  it('is a click away, lights up on the demo model, and is the same after a reload', async () => {
    const ui = await site.open({}, '/', demo.url);
    const graphs = new GraphsUi(ui);
    await graphs.mode('Graph');
    await ui.page.getByRole('heading', { name: 'Several models, one answer' }).waitFor();
    await ui.shot('graph-empty');
    await ui.page.getByRole('button', { name: /^Two views/ }).click();
    await graphs.box('editor').waitFor();
    await ui.shot('graph-start');
    await ui.ask('Tea or coffee?');
    await ui.page.locator('.picture-waiting').filter({ hasText: 'editor' }).waitFor();
    const [left, right] = [graphs.cards('optimist'), graphs.cards('sceptic')];
    await left.locator('.block-text').waitFor();
    await right.locator('.block-text').waitFor();
    await ui.shot('graph-run');
    const [a, b] = await ui.page.evaluate<Record<'y' | 'left' | 'right', number>[]>(
      "['optimist', 'sceptic'].map((node) => document.querySelector(`.node-run[data-node=${node}]`).getBoundingClientRect().toJSON())",
    );
    expect(a!.y).toBe(b!.y);
    expect(a!.right).toBeLessThan(b!.left);
    await ui.idle();
    await ui.page
      .getByRole('region', { name: 'Result' })
      .getByText('You are the editor.', { exact: true })
      .waitFor();
    for (const node of ['optimist', 'sceptic', 'editor']) {
      expect(await graphs.box(node).getAttribute('class')).toContain('picture-ok');
      expect(await graphs.cards(node).locator('.node-run-facts').innerText()).toMatch(/ (m?s) · \d+ tokens$/);
    }
    await ui.shot('graph-result');
    const shown = await ui.page.locator('.graph-run').innerText();
    await ui.page.reload();
    await ui.until(`document.querySelector('.graph-run')?.innerText === ${JSON.stringify(shown)}`);
    await graphs.cards('editor').getByRole('button').click();
    await graphs
      .cards('editor')
      .getByText('That is my part here, and this is what I was given:', { exact: true })
      .waitFor();
  });

  it('hands over, and comes back', async () => {
    const { graph } = await example('write-and-review.json');
    await storeGraph(
      site.world,
      graph.name,
      graph.nodes.map((node) => ({ ...node, model_name: 'custom' })),
    );
    const handOver = calling({ id: 'c1', name: 'transfer_to_writer', args: {} });
    await site.world.openai.push(
      saying('Draft'),
      handOver,
      saying('Better'),
      saying('Good'),
      saying('Final'),
    );
    const [ui, graphs] = await openWith(graph.name);
    await ui.ask('Mills');
    await ui.page.getByText('Hands over to writer').waitFor();
    await ui.idle();
    expect(await graphs.cards().locator('.node-run-name').allInnerTexts()).toEqual([
      'writer',
      'reviewer',
      'writer · round 2',
      'reviewer · round 2',
      'publisher',
    ]);
    await ui.page.reload();
    await ui.page.getByText('Hands over to writer').waitFor();
    await ui.page.getByRole('radio', { name: 'Timeline' }).check();
    const rows = ui.page.getByRole('list', { name: 'Timeline' }).getByRole('listitem');
    expect(await rows.count()).toBe(5);
    await ui.shot('graph-timeline');
  });
});

describe('[UI-27] a run of a graph', () => {
  it('goes on after a reload in the middle, and stops when asked', async () => {
    const whole = { output_nodes: ['end'], model_name: 'custom' };
    await storeGraph(site.world, 'pair', [
      { name: 'left', input_nodes: ['start'], ...whole },
      { name: 'right', input_nodes: ['start'], ...whole },
      { name: 'after', input_nodes: ['left', 'right'], output_nodes: ['end'] },
    ]);
    const { openai } = site.world;
    await openai.push(slow(['one ', 'two'], 'a'), slow(['one ', 'two'], 'b'));
    const [ui, graphs] = await openWith('pair');
    await ui.ask('Count');
    await openai.release('a');
    await openai.release('b');
    for (const node of ['left', 'right']) await ui.shows(graphs.cards(node).locator('.block-text'), 'one');
    await ui.page.reload();
    for (const node of ['left', 'right']) await ui.shows(graphs.cards(node).locator('.block-text'), 'one');
    await ui.stop.click();
    await ui.page.getByText('Stopped.', { exact: true }).waitFor();
    await ui.idle();
    expect(await graphs.box('left').getAttribute('class')).toContain('picture-cancelled');
    await ui.shot('graph-stopped');
    expect(await openai.requests()).toHaveLength(2);
    // What was stopped begins anew, and what it leads to follows.
    await openai.push(saying('Left'), saying('Right'));
    await ui.button('Continue from here').click();
    await ui.shows(graphs.cards('after').locator('.node-run-excerpt'), 'Hello wörld');
    await ui.idle();
    expect(await ui.page.locator('.bubble').allInnerTexts()).toEqual(['Count']);
    expect(await ui.page.getByRole('region', { name: 'Result' }).innerText()).toContain('Hello wörld');
  });

  it('says which node failed and why, and goes on from there', async () => {
    const chain = [
      { name: 'first', input_nodes: ['start'], output_nodes: ['second'], model_name: 'custom' },
      { name: 'second', input_nodes: ['first'], output_nodes: ['end'], model_name: 'custom' },
    ];
    await storeGraph(site.world, 'chain', chain);
    await site.world.openai.push(saying('One'), cutAfter('Not', ' much'), saying('Better now'));
    const [ui, graphs] = await openWith('chain');
    await ui.ask('Go');
    await ui.page.getByText('This answer failed').waitFor();
    expect(await graphs.cards('second').innerText()).toContain('Not much');
    expect(await graphs.cards('second').locator('.node-run-error').innerText()).not.toBe('');
    expect(await graphs.cards('first').count()).toBe(1);
    await ui.shot('graph-failed');
    const before = (await site.world.openai.requests()).length;
    await ui.button('Continue from here').click();
    await ui.page.getByRole('region', { name: 'Result' }).getByText('Better now').waitFor();
    await ui.idle();
    // The first node is not asked again.
    expect((await site.world.openai.requests()).length).toBe(before + 1);
    await ui.page.reload();
    await ui.page.getByRole('region', { name: 'Result' }).getByText('Better now').waitFor();
    await ui.shot('graph-continued');
    expect(await graphs.box('first').last().getAttribute('class')).toContain('picture-ok');
  });
});

describe('[UI-22] [UI-24] the editor', () => {
  it('builds an example without JSON, and it equals the example', async () => {
    const { graph } = await example('two-views.json');
    const ui = await site.open();
    const graphs = new GraphsUi(ui);
    await graphs.mode('Graph');
    await ui.button('New graph').click();
    expect(pathOf(ui)).toBe('/graphs');
    await graphs.field('Name of the graph').fill(graph.name);
    await graphs.field('Description').fill(graph.description);
    for (const node of graph.nodes) {
      await ui.button('Add a node').click();
      // The answer of the check draws the form anew meanwhile.
      await ui.page.keyboard.type(node.name, { delay: 30 });
      await graphs.field('Name').press('Tab');
      await graphs.field('Instructions (system prompt)').fill(node.system_prompt);
      await graphs.field('Prompt').fill(node.user_prompt ?? '');
      await graphs.choose('Comes after, and gets the output of', node.input_nodes);
      await ui.page.locator('.node-more > summary').click();
      await ui.page.locator('.node-more').getByLabel('Description').fill(node.description);
    }
    for (const node of graph.nodes) {
      await graphs.box(node.name).click();
      await graphs.choose('Leads to', node.output_nodes ?? []);
    }
    await graphs.field('Result').fill(graph.end_template!);
    await ui.page.getByText('Nothing is wrong with it.').waitFor();
    await graphs.box('editor').waitFor();
    await ui.shot('graph-editor');
    await ui.button('Save').click();
    await ui.page.getByText('“Two views” is saved.').waitFor();
    expect(pathOf(ui)).toBe('/graphs/Two%20views');
    const { body: built } = await site.world.get('/api/graphs/Two%20views');
    // Where the example is drawn elsewhere is no part of what it does.
    const nodes = graph.nodes.map((node) => ({ ...node, model_name: 'plain', position: null }));
    await site.world.post('/api/graphs', { ...graph, nodes, name: 'as it comes' });
    const { body: given } = await site.world.get('/api/graphs/as%20it%20comes');
    expect(built).toEqual({ ...given, name: graph.name });
  });

  it('says what is wrong at its field and at its line, and keeps form and JSON in step', async () => {
    await storeGraph(site.world, 'wrong', [{ name: 'only', input_nodes: ['start'], output_nodes: ['end'] }]);
    const ui = await site.open({}, '/graphs/wrong');
    const graphs = new GraphsUi(ui);
    await graphs.field('Model').selectOption('');
    await ui.page.locator('.node-form').getByText('Choose a model.').waitFor();
    await graphs.view('JSON');
    await ui.shows(ui.page.locator('.json-marks li'), 'Line 4 Choose a model.');
    const json = graphs.field('The graph as JSON');
    expect(await json.inputValue()).not.toContain('model_name');
    await json.fill((await json.inputValue()).replace('"name": "only",', '"name": "solo",, '));
    await ui.page.locator('.json-line-marked').getByText('5', { exact: true }).waitFor();
    await ui.shot('graph-json');
    await graphs.view('Form');
    await ui.page.getByRole('alert').getByText('The JSON cannot be read').waitFor();
    await ui.button('Go back to what the form shows').click();
    await graphs.field('Model').selectOption('plain');
    await graphs.view('JSON');
    await json.fill((await json.inputValue()).replace('"only"', '"solo"'));
    await graphs.view('Form');
    expect(await graphs.field('Name').inputValue()).toBe('solo');
    await ui.page.getByText('Nothing is wrong with it.').waitFor();
  });

  it('keeps what is not saved, has versions, and asks before it deletes', async () => {
    await storeGraph(site.world, 'kept', [{ name: 'a', input_nodes: ['start'], output_nodes: ['end'] }]);
    const ui = await site.open({}, '/graphs/kept');
    const graphs = new GraphsUi(ui);
    await graphs.field('Description').first().fill('not saved yet');
    await ui.button('Back').click();
    await ui.page.goto(`${site.world.server.url}/graphs/kept`);
    await ui.page.getByText('These are changes that were not saved.').waitFor();
    expect(await graphs.field('Description').first().inputValue()).toBe('not saved yet');
    await ui.page.keyboard.press('Control+s');
    await ui.page.getByText('“kept” is saved.').waitFor();
    await ui.button('Versions…').click();
    await ui.shot('graph-versions');
    await ui.button('Take it into the editor').click();
    await ui.page.getByText('Unsaved changes').waitFor();
    expect(await graphs.field('Description').first().inputValue()).toBe('');
    await ui.button('Save as…').click();
    await ui.page.getByRole('dialog').getByLabel('Name of the graph').fill('copied');
    await ui.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await ui.until("location.pathname === '/graphs/copied'");
    await ui.button('Delete…').click();
    await ui.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await ui.page.getByText('“copied” is deleted.').waitFor();
    expect((await site.world.get('/api/graphs/copied')).status).toBe(404);
    expect((await site.world.get('/api/graphs/kept')).body).toMatchObject({ description: 'not saved yet' });
  });
});

describe('[UI-25] agents', () => {
  it('are made with a form, and listed', async () => {
    const ui = await site.open();
    const graphs = new GraphsUi(ui);
    await graphs.mode('Agent');
    await ui.page.getByRole('heading', { name: 'A model with a task of its own' }).waitFor();
    await ui.button('New agent').click();
    await graphs.field('Name').fill('Miller');
    await graphs.field('Description').fill('Knows about mills.');
    await graphs.field('Model').selectOption('plain');
    await graphs.field('Instructions (system prompt)').fill('You know about mills.');
    await graphs.choose('Tools', ['builtin']);
    await graphs.field('Temperature').fill('0.5');
    await ui.shot('agent-form');
    await ui.button('Save').click();
    await ui.page.getByText('“Miller” is saved.').waitFor();
    expect((await site.world.get('/api/agents/Miller')).body).toMatchObject({
      model_name: 'plain',
      mcp_servers: ['builtin'],
      parameters: { temperature: 0.5 },
    });
    await ui.button('Talk to it').click();
    await ui.page.getByRole('radio', { name: /Miller/ }).waitFor();
    await ui.shot('agent-start');
  });

  it('answer, and show what the agents said that they called', async () => {
    const miller = { name: 'Leat', model_name: 'custom', description: 'Knows water.' };
    await site.world.post('/api/agents', miller);
    await site.world.post('/api/agents', { name: 'Boss', model_name: 'custom', agents: ['Leat'] });
    const call = calling({ id: 'c1', name: 'agent__Leat', args: { task: 'Measure' } });
    await site.world.openai.push(call, saying('Two feet deep'), saying('It is deep'));
    const ui = await site.open();
    const graphs = new GraphsUi(ui);
    await graphs.mode('Agent');
    await ui.page.getByRole('radio', { name: /Boss/ }).check();
    await ui.ask('How deep?');
    await ui.shows(ui.answers.locator('> .block-text'), 'It is deep');
    await ui.idle();
    await graphs.cards('Leat').getByText('Two feet deep').waitFor();
    await ui.page.reload();
    await ui.shows(ui.answers.locator('> .block-text'), 'It is deep');
    await graphs.cards('Leat').getByText('Two feet deep').waitFor();
    await ui.page.locator('.composer').getByText('Boss').waitFor();
    await ui.shot('agent-run');
  });
});

describe('[UI-28] a graph', () => {
  it('is designed in dialogue, shown part by part, and stored', async () => {
    const node = { name: 'editor', model_name: 'plain', input_nodes: ['start'], output_nodes: ['end'] };
    const parts = [
      'This could be it.\n<analysis>One **node**</analysis>',
      '<todo>Nothing</todo><graph_name>debate</graph_name><graph_description>Short</graph_description>',
      `<node>${JSON.stringify(node)}</node>`,
      '<end_template>{editor}</end_template>',
    ];
    await site.world.openai.push(saying(...parts.slice(0, 3)), saying(parts[3]!));
    const ui = await site.open();
    const graphs = new GraphsUi(ui);
    await graphs.mode('Graph');
    await ui.button('Design one in dialogue').click();
    await ui.ask('Two views of a question. Call it debate.');
    await ui.page.getByRole('region', { name: 'Analysis' }).waitFor();
    await ui.idle();
    await graphs.box('editor').waitFor();
    await ui.button('Store the graph').click();
    await ui.page.getByText('Missing: Result').waitFor();
    await ui.ask('The result is what the editor says');
    await ui.page.getByRole('region', { name: 'Result' }).waitFor();
    await ui.idle();
    await ui.shot('graph-design');
    await ui.button('Store the graph').click();
    await ui.page.getByText('The graph “debate” is stored.').waitFor();
    await ui.page.reload();
    await ui.page.getByText('The graph “debate” is stored.').waitFor();
    expect(await ui.page.locator('.bubble').count()).toBe(2);
    await ui.button('Open in the editor').click();
    await graphs.field('Name of the graph').waitFor();
    expect(pathOf(ui)).toBe('/graphs/debate');
    await ui.page.getByText('Nothing is wrong with it.').waitFor();
  });
});

describe('[UI-04] graphs in Chinese, on a phone, in the dark', () => {
  it('are whole', async () => {
    const phone = { viewport: { width: 390, height: 780 }, colorScheme: 'dark', language: 'zh' } as const;
    const { graph } = await example('zh/two-views.json');
    await storeGraph(
      site.world,
      graph.name,
      graph.nodes.map((node) => ({ ...node, model_name: 'chinese' })),
      {
        description: graph.description,
      },
    );
    const ui = await site.open(phone);
    await ui.page.getByRole('radio', { name: '图' }).check();
    await ui.page.getByRole('radio', { name: graph.name }).check();
    await ui.page.locator('.picture-node').getByText('结论').waitFor();
    await ui.shot('graph-zh-start');
    await ui.ask('要不要重写？');
    await ui.page.getByRole('region', { name: '结果' }).waitFor();
    await ui.idle();
    await ui.shot('graph-zh-run');
    expect(await ui.page.locator('.node-run').first().innerText()).toMatch(/秒 · \d+ token/);
    await ui.page.goto(`${site.world.server.url}/graphs/${encodeURIComponent(graph.name)}`);
    await ui.page.getByText('没有问题。').waitFor();
    await ui.shot('graph-zh-editor');
    expect(await ui.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    // Names of models, servers and nodes are as they are.
    const words = await ui.page.evaluate<string>(`(() => {
      const page = document.querySelector('.workshop').cloneNode(true);
      for (const names of page.querySelectorAll('select, .several, .picture, .node-title')) names.remove();
      return page.textContent;
    })()`);
    expect(
      words.match(/[A-Za-z]{3,}/g)?.filter((word) => !['start', 'end', 'node', 'all', 'JSON'].includes(word)),
    ).toEqual([]);
  });
});
