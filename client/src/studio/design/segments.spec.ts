import { designOf } from './design-graph.js';
import { SegmentReader, segmentsOf } from './segments.js';

const node = (name: string, more = '') => `<node>{"name": "${name}", "input_nodes": ["start"]${more}}</node>`;
const answer = `Let me see, a < b.
<analysis>Two **views**</analysis>

<GRAPH_NAME>views</GRAPH_NAME>
${node('a')}<node>
\`\`\`json
{"name": "b", "output_nodes": ["end"]}
\`\`\`
</node><nothing>
So <todo>not ended`;
const view = (segments: ReturnType<typeof segmentsOf>) => segments.map(({ tag, text }) => [tag, text.trim()]);

describe('[UI-28] the answer of a designer', () => {
  it('is cut into its parts', () => {
    expect(view(segmentsOf(answer))).toEqual([
      [undefined, 'Let me see, a < b.'],
      ['analysis', 'Two **views**'],
      ['graph_name', 'views'],
      ['node', '{"name": "a", "input_nodes": ["start"]}'],
      ['node', '```json\n{"name": "b", "output_nodes": ["end"]}\n```'],
      [undefined, '<nothing>\nSo'],
      ['todo', 'not ended'],
    ]);
  });

  it('is the same however it arrives', () => {
    for (const length of [1, 2, 3, 7, 50]) {
      const reader = new SegmentReader();
      for (let at = 0; at < answer.length; at += length) reader.append(answer.slice(at, at + length));
      reader.end();
      expect(view(reader.segments)).toEqual(view(segmentsOf(answer)));
      for (const { text, document } of reader.segments) expect(document.text).toBe(text);
    }
  });

  it('shows no half of a tag', () => {
    const reader = new SegmentReader();
    reader.append('Now <anal');
    expect(view(reader.segments)).toEqual([[undefined, 'Now']]);
    reader.append('ysis>why');
    expect(view(reader.segments)[1]).toEqual(['analysis', 'why']);
  });
});

describe('[UI-28] the graph of a dialogue', () => {
  it('is what was said, the last word counting', () => {
    const graph = designOf([
      answer,
      `<delete_node>a</delete_node>${node('b', ', "model_name": "m"')}${node('c')}`,
    ]);
    expect(graph.name).toBe('views');
    expect(graph.nodes).toMatchObject([{ name: 'b', model_name: 'm', output_nodes: [] }, { name: 'c' }]);
  });

  it('survives what is no node', () => {
    expect(designOf(['<node>{</node><node>[]</node><node>{"name": 7}</node>']).nodes).toEqual([]);
    expect(designOf([]).nodes).toEqual([]);
    const names = (...answers: string[]) => designOf(answers).nodes.map(({ name }) => name);
    expect(names(`<delete_node>a</delete_node>${node('a')}${node('b')}`)).toEqual(['b']);
    expect(names(node('a'), '<delete_node>a</delete_node>', node('c'))).toEqual(['c']);
    expect(
      designOf(['<graph_name>one</graph_name><graph_name>two</graph_name>', '<graph_name> </graph_name>'])
        .name,
    ).toBe('one');
  });
});
