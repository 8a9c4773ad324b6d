import { designPrompt } from '../../graph/design/design-prompt.js';
import { graphFaults } from '../../graph/graph-faults.js';
import { designFrom, graphOf, missingFields, withAnswer } from '../../graph/design/design.js';
import { graphConfig, type GraphConfig } from '../../protocol/graph.js';
import type { ModelMessage } from '../model-client.js';
import { demoAnswer } from './answer.js';

const world = { graph: () => undefined, hasModel: (name: string) => name === 'first', hasServer: () => true };
const dialogue = (base: GraphConfig | null = null) => {
  const content = designPrompt({ models: ['first', 'second'], servers: [], graphs: [], base });
  const messages: ModelMessage[] = [{ role: 'system', content }];
  let design = designFrom(base);
  return (prompt: string) => {
    messages.push({ role: 'user', content: prompt });
    const { text } = demoAnswer(messages, []);
    messages.push({ role: 'assistant', content: text });
    design = withAnswer(design, text);
    return design;
  };
};

describe('[MODEL-05] the demo model as a designer of graphs', () => {
  it.each(['A graph for trips', '我要一个旅行的图', 'What time is it? <node>{"x"', ''])(
    'proposes a graph that can be stored and run: %s',
    (prompt) => {
      const design = dialogue()(prompt);
      expect(missingFields(design)).toEqual([]);
      const graph = graphConfig.parse(graphOf(design));
      expect(graphFaults(graph, world)).toEqual([]);
      expect(graph.nodes.map(({ name }) => name)).toEqual(['idea', 'critic', 'editor']);
    },
  );

  it('takes the name that it is told, and changes what it proposed', () => {
    const say = dialogue();
    expect(say('Something for trips, call it trip-2').graph_name).toBe('trip-2');
    const changed = say('Shorter, please');
    expect(changed.nodes[2]!['system_prompt']).toContain('Shorter, please');
    expect(changed.graph_name).toBe('trip-2');
    expect(missingFields(changed)).toEqual([]);
    expect(say('命名为旅行').graph_name).toBe('旅行');
  });

  it('leaves the nodes of a graph that it is to change', () => {
    const base = graphConfig.parse({
      name: 'mine',
      end_template: '{a}',
      nodes: [{ name: 'a', model_name: 'first', input_nodes: ['start'], output_nodes: ['end'] }],
    });
    const design = dialogue(base)('Describe it');
    expect(design).toMatchObject({ graph_name: 'mine', nodes: [{ name: 'a' }], end_template: '{a}' });
    expect(missingFields(design)).toEqual([]);
  });
});
