import { graphConfig } from '../../protocol/graph.js';
import type { StoredMessage } from '../../conversation/stored-message.js';
import { designPrompt } from './design-prompt.js';
import { isEnd, readDialogue } from './design-dialogue.js';
import { endDesign, type DesignWorld } from './design-end.js';
import { readDesignTags } from './design-tags.js';
import { designFrom, missingFields, withAnswer } from './design.js';

const node = (name: string, fields: object = {}) =>
  `<node>${JSON.stringify({ name, model_name: 'm', input_nodes: ['start'], output_nodes: ['end'], ...fields })}</node>`;
const whole = `<analysis>A</analysis><todo>T</todo><graph_name>g</graph_name>
<graph_description>D</graph_description>${node('a')}<end_template>{a}</end_template>`;
const said = (...answers: string[]): StoredMessage[] =>
  answers.map((content) =>
    content.startsWith('<end>') ? { role: 'user', content } : { role: 'assistant', content },
  );
const END = '<end>END</end>';

describe('[DESIGN-01] the tags of an answer', () => {
  it('are read in any case, over several lines, the first of a simple one, all of the others', () => {
    expect(
      readDesignTags(
        `Hi <ANALYSIS>\n one\n two </Analysis><analysis>later</analysis>
        <node>{"name":"a"}</node> and <Node>\n{"name":" b ","x":1}\n</NODE><delete_node> c </delete_node><delete_node>d</delete_node>`,
      ),
    ).toEqual({
      fields: { analysis: 'one\n two' },
      nodes: [{ name: 'a' }, { name: 'b', x: 1 }],
      deleted: ['c', 'd'],
      faults: [],
    });
  });

  it('may hold JSON in a fence', () => {
    expect(readDesignTags('<node>\n```json\n{"name":"a"}\n```\n</node>').nodes).toEqual([{ name: 'a' }]);
  });

  it('count as not there when they are blank or have no end', () => {
    expect(readDesignTags('<todo> </todo><graph_name>g<end_template>x</end_template></node>')).toEqual({
      fields: { end_template: 'x' },
      nodes: [],
      deleted: [],
      faults: [],
    });
  });

  it.each(['{bad', '[1]', 'null', '"a"', '{}', '{"name":""}', '{"name":5}'])(
    'that hold no node are told: %s',
    (json) => {
      const { nodes, faults } = readDesignTags(`<node>${json}</node>${node('b')}`);
      expect(nodes.map(({ name }) => name)).toEqual(['b']);
      expect(faults).toEqual([expect.stringMatching(/^A node was left out, because it /)]);
    },
  );

  it('cost no more than reading the text', () => {
    const opened = '<node>'.repeat(200_000);
    expect(readDesignTags(opened + opened).nodes).toEqual([]);
  });
});

describe('[DESIGN-01] merging', () => {
  it('replaces simple parts and nodes by name, and deletes after that', () => {
    const first = withAnswer(designFrom(null), whole + node('b'));
    const second = withAnswer(
      first,
      `<todo>new</todo>${node('a', { user_prompt: 'x' })}${node('c')}<delete_node>b</delete_node>`,
    );
    expect(second).toMatchObject({
      analysis: 'A',
      todo: 'new',
      nodes: [{ name: 'a', user_prompt: 'x' }, { name: 'c' }],
    });
  });

  it('[D-52] keeps what an answer adds when it deletes as well, and takes a node that it has twice once', () => {
    const design = withAnswer(
      designFrom(null),
      `${node('a')}${node('new', { user_prompt: '1' })}${node('new', { user_prompt: '2' })}<delete_node>a</delete_node>`,
    );
    expect(design.nodes).toEqual([expect.objectContaining({ name: 'new', user_prompt: '2' })]);
  });

  it('begins with a graph that is to be changed', () => {
    const base = graphConfig.parse({
      name: 'old',
      description: 'd',
      end_template: '{a}',
      nodes: [{ name: 'a' }],
    });
    expect(missingFields(designFrom(base))).toEqual(['analysis', 'todo']);
    expect(missingFields(designFrom(null))).toHaveLength(6);
    expect(withAnswer(designFrom(base), '<delete_node>a</delete_node>').nodes).toEqual([]);
  });

  it('reads a dialogue again as often as it likes', () => {
    const messages = said(whole + node('b'), '<delete_node>b</delete_node>', node('c'));
    const once = readDialogue(messages, null).design;
    expect(readDialogue([...messages, ...messages], null).design).toEqual(once);
    expect(once.nodes.map(({ name }) => name)).toEqual(['a', 'c']);
  });
});

describe('[DESIGN-02] the end of a design', () => {
  const stored = new Map<string, { config: ReturnType<typeof graphConfig.parse>; readme: string }>();
  const world: DesignWorld = {
    faults: ({ nodes, name }) =>
      Promise.resolve(
        nodes
          .filter(({ model_name }) => model_name !== 'm')
          .map((one) => ({
            code: 'unknown_model',
            graph: name,
            loc: ['nodes'],
            node: one.name,
            message: `no model ${one.model_name}`,
          })),
      ),
    find: (name) => Promise.resolve(stored.get(name)),
    save: (config, readme = stored.get(config.name)?.readme ?? '') => {
      stored.set(config.name, { config, readme });
      return Promise.resolve();
    },
  };
  const end = (messages: StoredMessage[], overwrite = false, base = null) =>
    endDesign(readDialogue(messages, base), overwrite, world);
  beforeEach(() => stored.clear());

  it('is nothing but the tag, with spaces around it or not', () => {
    for (const text of [END, ` ${END}\n`, '<END>end</END>']) expect(isEnd(text)).toBe(true);
    for (const text of ['end', `${END} please`, `no ${END}`]) expect(isEnd(text)).toBe(false);
  });

  it('stores a whole graph, with a readme from what was said of it', async () => {
    expect(await end(said(whole))).toEqual({
      type: 'design.completed',
      graph_name: 'g',
      message: "图 'g' 生成完成！",
    });
    expect(stored.get('g')).toMatchObject({
      config: { name: 'g', description: 'D', end_template: '{a}', nodes: [{ name: 'a', handoffs: null }] },
      readme: '# g\n\nD\n\n## Analysis\n\nA\n\n## To do\n\nT\n',
    });
  });

  it('tells what is missing, in the words of the seed', async () => {
    expect(await end(said(whole.replace(/<end_template>.*/, '').replace('<todo>T</todo>', '')))).toEqual({
      type: 'design.incomplete',
      reason: 'missing',
      message: '图设计尚未完成，缺少: todo, end_template',
      missing_fields: ['todo', 'end_template'],
    });
    expect(stored.size).toBe(0);
  });

  it('tells all that is wrong, with the node', async () => {
    const bad = said(
      `${whole}${node('b', { handoffs: -1, context_mode: 'some' })}<graph_name>x</graph_name>`,
    );
    expect(await end(bad)).toMatchObject({
      reason: 'invalid',
      missing_fields: [],
      faults: [
        { loc: ['nodes', '1', 'handoffs'], node: 'b', msg: expect.stringContaining("节点 'b' handoffs: ") },
        { loc: ['nodes', '1', 'context_mode'], node: 'b' },
      ],
    });
    expect(await end(said(whole.replace('<graph_name>g', '<graph_name>a/b')))).toMatchObject({
      reason: 'invalid',
      faults: [{ loc: ['name'], node: null, msg: expect.stringContaining('name: must not hold') }],
    });
    expect(
      await end(said(whole + node('b', { model_name: 'gone' }) + node('c', { model_name: 'off' }))),
    ).toMatchObject({
      reason: 'invalid',
      message: '图配置无效: no model gone; no model off',
      faults: [{ type: 'unknown_model', node: 'b' }, { node: 'c' }],
    });
    expect(stored.size).toBe(0);
  });

  it('[D-67] asks before it replaces a graph that is not its own, and then does', async () => {
    const other = graphConfig.parse({ name: 'g', nodes: [{ name: 'precious' }] });
    stored.set('g', { config: other, readme: 'by hand' });
    expect(await end(said(whole))).toMatchObject({ reason: 'exists', graph_name: 'g' });
    // That it was refused does not make the graph its own.
    expect(await end(said(whole, END))).toMatchObject({ reason: 'exists' });
    expect(stored.get('g')!.config).toBe(other);
    expect(await end(said(whole), true)).toMatchObject({ type: 'design.completed' });
    expect(stored.get('g')).toMatchObject({ config: { description: 'D' }, readme: 'by hand' });
  });

  it('replaces the graph that it stored, as long as nobody else has changed it', async () => {
    await end(said(whole));
    const more = said(whole, END, node('b'));
    expect(await end(more)).toMatchObject({ type: 'design.completed' });
    expect(stored.get('g')!.config.nodes).toHaveLength(2);
    stored.set('g', { config: { ...stored.get('g')!.config, description: 'by hand' }, readme: '' });
    expect(await end([...more, ...said(END, node('c'))])).toMatchObject({ reason: 'exists' });
  });
});

describe('the instructions', () => {
  it('name the models, the servers with their tools, the graphs, and the graph to change', () => {
    const base = graphConfig.parse({ name: 'old', nodes: [] });
    const text = designPrompt({
      models: ['m1', 'm2'],
      servers: [{ name: 's', tools: [{ tool: 't', description: 'Does it.\nAt length.' }] }],
      graphs: ['part'],
      base,
    });
    for (const words of ['- m1\n- m2', '- s\n  - t: Does it.', '- part', '"name": "old"'])
      expect(text).toContain(words);
    expect(text).not.toContain('At length');
    expect(designPrompt({ models: [], servers: [], graphs: [], base: null })).toContain('(none)');
  });
});
