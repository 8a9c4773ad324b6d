import { contextCount, graphConfig, graphNode } from './graph.js';

const node = (fields: object) => graphNode.safeParse({ name: 'a', ...fields });

describe('the schema of a graph', () => {
  it('fills in what is not said, and drops what it does not know', () => {
    expect(graphConfig.parse({ name: 'g', nodes: [{ name: 'a', level: 3, colour: 'red' }] })).toEqual({
      name: 'g',
      description: '',
      end_template: null,
      nodes: [
        {
          name: 'a',
          description: '',
          model_name: null,
          mcp_servers: [],
          system_prompt: '',
          user_prompt: '',
          input_nodes: [],
          output_nodes: [],
          handoffs: null,
          global_output: false,
          context: [],
          context_mode: 'all',
          output_enabled: true,
          is_subgraph: false,
          subgraph_name: null,
          position: null,
          save: null,
          max_iterations: null,
          timeout_seconds: null,
        },
      ],
    });
  });

  it('gives back what it was given: what was read can be saved again', () => {
    const once = graphConfig.parse({
      name: '图',
      end_template: '{a:2}',
      nodes: [{ name: 'a', model_name: 'm', handoffs: 2, save: 'md', position: { x: 1, y: 2 } }],
    });
    expect(graphConfig.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it.each(['', 'a/b', 'a\\b', 'a.b', '{a}', 'a\nb', ' a', 'a ', '\ud800', 'x'.repeat(129)])(
    'refuses the name %j',
    (name) => expect(node({ name }).success).toBe(false),
  );
  it.each(['a', 'a b', '写作', 'a:1', 'A-_9'])('takes the name %j', (name) =>
    expect(node({ name }).success).toBe(true),
  );

  it.each([null, '', '  '])('[D-42] takes %j for no model, as for a subgraph', (model_name) => {
    const parsed = graphNode.parse({ name: 'a', is_subgraph: true, subgraph_name: 'g', model_name });
    expect(parsed.model_name).toBeNull();
  });

  it.each([
    ['all', Infinity],
    ['latest', 1],
    ['3', 3],
    [3, 3],
    ['latest_3', 3],
  ])('[D-43] takes the context mode %j', (mode, count) => {
    expect(contextCount(graphNode.parse({ name: 'a', context_mode: mode }).context_mode)).toBe(count);
  });
  it.each(['0', 0, -1, 1.5, 'latest_n', 'latest_0', 'some', '', null])(
    '[D-43] refuses the context mode %j, and says what there is',
    (context_mode) => {
      const issues = node({ context_mode }).error?.issues ?? [];
      expect(issues).toHaveLength(1);
      expect(issues[0]!.path).toEqual(['context_mode']);
    },
  );

  it.each([
    ['.MD', 'md'],
    ['../../etc/passwd', 'etcpasswd'],
    ['', null],
    [null, null],
    ['/', null],
  ])('reads the extension %j as %j', (save, extension) =>
    expect(graphNode.parse({ name: 'a', save }).save).toBe(extension),
  );

  it('takes NUL and halves of characters out of texts', () => {
    expect(graphNode.parse({ name: 'a', user_prompt: 'x\0y\ud800' }).user_prompt).toBe('xy\ufffd');
  });
});
