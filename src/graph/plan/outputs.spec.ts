import { graphOf } from '../testing/graphs.js';
import { GraphPlan } from './graph-plan.js';
import { finalResult } from './graph-result.js';
import { nodePrompt } from './node-prompt.js';
import { Outputs } from './outputs.js';
import { fillIn } from './template.js';

type Graph = ReturnType<typeof graphOf>;
const planOf = (graph: Graph, ...others: Graph[]) =>
  GraphPlan.of(graph, new Map(others.map((one) => [one.name, one])));

describe('fillIn', () => {
  it('fills in what is known and leaves the rest as it is', () => {
    expect(fillIn('{a} {b} { "json": {} } {a:1} {', (name) => (name === 'a' ? 'A' : undefined))).toBe(
      'A {b} { "json": {} } {a:1} {',
    );
  });
  it('[D-50] reads nothing that was filled in as a template', () => {
    const texts: Record<string, string> = { a: '{b} $& $1', b: '{a}' };
    expect(fillIn('{a}{b}', (name) => texts[name])).toBe('{b} $& $1{a}');
  });
  it('reads a megabyte of braces at once', () => {
    for (const text of ['{'.repeat(1e6), '{}'.repeat(5e5), `{${'x'.repeat(1e6)}`])
      expect(fillIn(text, () => undefined)).toBe(text);
  });
});

describe('[GRAPH-06] what a node is asked', () => {
  const ask = (fields: object, latest: Record<string, string> = {}, input = 'Q') => {
    const graph = graphOf([{ name: 'n', ...fields }, { name: 'a', global_output: true }, { name: 'b' }]);
    const outputs = new Outputs(input);
    for (const [id, text] of Object.entries(latest)) outputs.add(id, text, id === 'a');
    return nodePrompt(planOf(graph).node('n'), outputs);
  };
  const inputs = { input_nodes: ['start', 'a', 'b'] };

  it.each([
    ['the inputs, where there is no prompt', {}, { a: 'A', b: 'B' }, 'Q\n\nA\n\nB'],
    [
      'the prompt, and then the inputs that it does not use',
      { user_prompt: 'Do {a}.' },
      { a: 'A', b: 'B' },
      'Do A.\n\nQ\n\nB',
    ],
    ['no empty line more than there is', { user_prompt: 'Do:\n' }, {}, 'Do:\nQ'],
    ['the prompt alone, where all is used', { user_prompt: '{start}{a}{b}' }, { a: 'A', b: 'B' }, 'QAB'],
    ['nothing for an input that has not come yet', { user_prompt: 'After {b}: {start}' }, {}, 'After : Q'],
    [
      'placeholders of nothing as they are',
      { user_prompt: '{start} {x} {/etc/passwd}' },
      {},
      'Q {x} {/etc/passwd}',
    ],
    [
      'what the system prompt used only there',
      { system_prompt: '{a}', user_prompt: 'Hi' },
      { a: 'A' },
      'Hi\n\nQ',
    ],
    ['all inputs again, where there is no prompt', { system_prompt: '{a}' }, { a: 'A' }, 'Q\n\nA'],
    ['nothing, where there is nothing', { input_nodes: [] }, {}, ''],
  ])('is %s', (_what, fields, latest, user) => {
    expect(ask({ ...inputs, ...fields }, latest).user).toBe(user);
  });

  it('[D-03] names no file', () => {
    const user_prompt = '{../../../models.json} {/etc/passwd} {style.md}';
    expect(ask({ input_nodes: [], user_prompt }).user).toBe(user_prompt);
  });

  it('[D-50] is not what an output says that it is', () => {
    expect(ask({ ...inputs, user_prompt: '{a} and {b}' }, { a: '{b}', b: '{start}' }).user).toBe(
      '{b} and {start}\n\nQ',
    );
  });

  it.each([
    ['all', '1\n\n2\n\n3'],
    ['2', '2\n\n3'],
    ['latest', '3'],
    ['latest_2', '2\n\n3'],
  ])('[D-43] is given so much context: %s', (context_mode, text) => {
    const graph = graphOf([
      { name: 'n', context: ['a'], context_mode },
      { name: 'a', global_output: true },
    ]);
    const plan = planOf(graph);
    const outputs = new Outputs('', [{ id: 'a', text: '1' }]);
    for (const one of ['2', '3']) outputs.add('a', one, true);
    expect(nodePrompt(plan.node('n'), outputs).user).toBe(text);
  });

  it('[D-45] inside a subgraph is what its names mean there', () => {
    const inner = graphOf(
      [
        {
          name: 'w',
          input_nodes: ['start'],
          user_prompt: 'Write on {start}',
          output_nodes: ['v'],
          global_output: true,
        },
        { name: 'v', input_nodes: ['w'], context: ['w'], user_prompt: 'Check {w}', output_nodes: ['end'] },
      ],
      { name: 'inner', end_template: 'inner says: {v}' },
    );
    const plan = planOf(
      graphOf([
        { name: 'w', input_nodes: ['start'], output_nodes: ['sg'], global_output: true },
        {
          name: 'sg',
          is_subgraph: true,
          subgraph_name: 'inner',
          input_nodes: ['start', 'w'],
          context: ['w'],
        },
        { name: 'fin', input_nodes: ['sg'], user_prompt: 'Sum up {sg}', output_nodes: ['end'] },
      ]),
      inner,
    );
    const outputs = new Outputs('Q');
    outputs.add('w', 'outer', true);
    outputs.add('sg.w', 'draft', true);
    outputs.add('sg.v', 'fine', false);
    expect(nodePrompt(plan.node('sg.w'), outputs).user).toBe('Write on Q\n\nouter\n\nouter');
    expect(nodePrompt(plan.node('sg.v'), outputs).user).toBe('Check draft');
    expect(nodePrompt(plan.node('fin'), outputs).user).toBe('Sum up inner says: fine');
  });

  it('[D-45] after a subgraph without a template is what its last nodes said', () => {
    const whole = { input_nodes: ['start'], output_nodes: ['end'], global_output: true };
    const inner = graphOf(
      [
        { name: 'x', ...whole },
        { name: 'y', ...whole },
      ],
      { name: 'inner' },
    );
    const plan = planOf(
      graphOf(
        [
          {
            name: 'sg',
            is_subgraph: true,
            subgraph_name: 'inner',
            input_nodes: ['start'],
            output_nodes: ['fin'],
          },
          { name: 'fin', input_nodes: ['sg'], context: ['sg'], output_nodes: ['end'] },
        ],
        { end_template: '{sg}|{sg:all}' },
      ),
      inner,
    );
    const outputs = new Outputs('Q');
    for (const [id, text] of [
      ['sg.x', 'X1'],
      ['sg.y', 'Y'],
      ['sg.x', 'X2'],
    ] as const)
      outputs.add(id, text, true);
    expect(nodePrompt(plan.node('fin'), outputs).user).toBe('X1\n\nY\n\nX2');
    expect(outputs.resultOf(plan.root)).toBe('X2\n\nY|X1\n\n---\n\nY\n\n---\n\nX2');
  });
});

describe('[GRAPH-06] the result of a graph', () => {
  const template = (end_template: string | null) =>
    planOf(
      graphOf(
        [
          { name: 'a', input_nodes: ['start'], output_nodes: ['b'], global_output: true },
          { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
        ],
        { end_template },
      ),
    );
  const outputs = new Outputs('Q', [{ id: 'a', text: 'earlier' }]);
  outputs.add('a', 'one', true);
  outputs.add('a', '{b}', true);
  outputs.add('b', 'B', false);

  it.each([
    ['{start}: {b}', 'Q: B'],
    ['{a} {a:1} {a:latest}', '{b} {b} {b}'],
    ['{a:2}', 'one\n\n---\n\n{b}'],
    ['{a:all}', 'earlier\n\n---\n\none\n\n---\n\n{b}'],
    ['{b:all}.', '.'],
    ['{c} {a:x} {"b": 1}', '{c} {a:x} {"b": 1}'],
  ])('[D-50] is its template, filled in once: %s', (text, result) => {
    expect(finalResult(template(text), [], outputs)).toBe(result);
  });

  it('is what an earlier turn said globally, where the node has not run in this one', () => {
    expect(finalResult(template('{a}'), [], new Outputs('Q', [{ id: 'a', text: 'earlier' }]))).toBe(
      'earlier',
    );
  });

  it('without a template is what the last node said that has something to say', () => {
    const run = (...ids: string[]) => ids.map((id, level) => ({ id, level, pass: 0 }));
    expect(finalResult(template(null), run('a', 'b'), outputs)).toBe('B');
    expect(finalResult(template(null), run(), outputs)).toBe('');
    const silent = planOf(
      graphOf([
        { name: 'a', input_nodes: ['start'] },
        { name: 'b', input_nodes: ['a'], output_nodes: ['end'], output_enabled: false },
      ]),
    );
    const said = new Outputs('');
    said.add('a', 'A', false);
    said.add('b', '', false);
    expect(finalResult(silent, run('a', 'b'), said)).toBe('A');
  });
});
