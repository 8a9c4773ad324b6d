import { mermaidOf } from './mermaid.js';
import { graphOf, reviewLoop } from './testing/graphs.js';

describe('mermaidOf', () => {
  it('draws a loop by handoff', () => {
    expect(mermaidOf(reviewLoop)).toBe(
      [
        'flowchart TD',
        '  start([start])',
        '  n0["w<br/>m"]',
        '  n1["rev<br/>m"]',
        '  n2["fin<br/>m"]',
        '  end([end])',
        '  n0 --> n1',
        '  n1 -.->|handoff| n0',
        '  n1 -.->|handoff| n2',
        '  n2 --> end',
        '  start --> n0',
        '',
      ].join('\n'),
    );
  });

  it('draws subgraphs and context, and lets no name out of its box', () => {
    const picture = mermaidOf(
      graphOf([
        { name: 'a"]; click', input_nodes: ['start'], global_output: true },
        {
          name: 'b',
          is_subgraph: true,
          subgraph_name: '子图',
          context: ['a"]; click'],
          output_nodes: ['end'],
        },
      ]),
    );
    expect(picture).toContain('n0["a#34;#93;#59; click<br/>m"]');
    expect(picture).toContain('n1[["b<br/>子图"]]');
    expect(picture).toContain('n0 -.-o n1');
  });
});
