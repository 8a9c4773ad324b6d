import { layoutOf, type LayoutNode } from './layout.js';

const node = (
  name: string,
  input_nodes: string[],
  output_nodes: string[] = [],
  more: Partial<LayoutNode> = {},
): LayoutNode => ({
  name,
  input_nodes,
  output_nodes,
  handoffs: null,
  context: [],
  ...more,
});
const rows = (nodes: LayoutNode[]) =>
  layoutOf(nodes).rows.map((row) => row.map(({ name, wire }) => (wire ? `${wire.from}>${wire.to}` : name)));
const backs = (nodes: LayoutNode[]) =>
  layoutOf(nodes).edges.flatMap(({ from, to, back }) => (back ? [`${from}>${to}`] : []));

describe('[UI-22] the picture of a graph', () => {
  it('has parallel nodes side by side, below what they wait for', () => {
    const nodes = [node('a', ['start']), node('b', ['start']), node('c', ['a', 'b'], ['end'])];
    expect(rows(nodes)).toEqual([['start'], ['a', 'b'], ['c'], ['end']]);
  });

  it('follows outputs as well as inputs, and draws an edge that both name once', () => {
    const nodes = [node('a', ['start'], ['b']), node('b', ['a'], ['end'])];
    expect(layoutOf(nodes).edges).toHaveLength(3);
    expect(rows([node('b', [], ['end']), node('a', ['start'], ['b'])])).toEqual([
      ['start'],
      ['a'],
      ['b'],
      ['end'],
    ]);
  });

  it('leads edges past the rows between', () => {
    const nodes = [node('a', ['start']), node('b', ['a']), node('c', ['a', 'b'], ['end'])];
    expect(rows(nodes)).toEqual([['start'], ['a'], ['b', 'a>c'], ['c'], ['end']]);
  });

  it('draws loops upwards, from where they are entered', () => {
    const loop = [
      node('fin', ['rev'], ['end']),
      node('rev', ['w'], ['w', 'fin'], { handoffs: 2 }),
      node('w', ['start', 'rev']),
    ];
    expect(rows(loop)).toEqual([['start'], ['w'], ['rev'], ['fin'], ['end']]);
    expect(backs(loop)).toEqual(['rev>w']);
    expect(layoutOf(loop).edges.find(({ to }) => to === 'fin')?.kind).toBe('choice');
  });

  it('does not wait for what is read as context', () => {
    const nodes = [node('a', ['start'], ['end'], { context: ['b'] }), node('b', ['start'], ['end'])];
    expect(rows(nodes)).toEqual([['start'], ['a', 'b'], ['end']]);
    expect(backs(nodes)).toEqual(['b>a']);
  });

  it('puts each node near what it follows', () => {
    const nodes = [node('l', ['start']), node('r', ['start']), node('rr', ['r']), node('ll', ['l'])];
    expect(rows(nodes)[2]).toEqual(['ll', 'rr']);
  });

  it('survives what makes no sense', () => {
    expect(rows([])).toEqual([['start'], [], ['end']]);
    expect(rows([node('', ['gone']), node('', ['end'], ['start'])])).toEqual([['start'], [''], ['end']]);
    expect(rows([node('a', ['a'], ['a'])])).toEqual([['start'], ['a'], ['end']]);
    const ring = Array.from({ length: 200 }, (_, at) => node(`n${at}`, [`n${(at + 199) % 200}`]));
    expect(rows(ring)).toHaveLength(202);
  });
});
