import { barsOf, lanesOf } from './lanes.js';

const at = (name: string, level: number, start?: number, end?: number) => ({
  name,
  level,
  start,
  end,
  duration: start === undefined || end === undefined ? undefined : end - start,
});
const names = (...nodes: ReturnType<typeof at>[]) =>
  lanesOf(nodes).map((lane) => lane.map(({ name }) => name));

describe('[UI-26] lanes of a run', () => {
  it('have what runs at once side by side', () => {
    expect(names(at('a', 0, 0, 9), at('b', 0, 1, 5), at('c', 1, 9))).toEqual([['a', 'b'], ['c']]);
  });

  it('begin anew with each round of a loop', () => {
    const loop = [at('w', 0, 0, 1), at('r', 1, 1, 2), at('w', 0, 2, 3), at('r', 1, 3, 4), at('f', 2, 4)];
    expect(names(...loop)).toEqual([['w'], ['r'], ['w'], ['r'], ['f']]);
  });

  it('keep a level together although one of it waited longer', () => {
    const nodes = [at('a', 0, 0, 2), at('b', 0, 0, 6), at('c', 1, 2, 9), at('d', 2, 9, 20), at('e', 1, 6, 7)];
    expect(names(...nodes.toSorted((x, y) => x.start! - y.start!))).toEqual([['a', 'b'], ['c', 'e'], ['d']]);
    expect(names(at('a', 0, 0, 1), at('c', 1, 1, 4), at('d', 2, 2, 9), at('e', 1, 5, 6))).toEqual([
      ['a'],
      ['c', 'e'],
      ['d'],
    ]);
  });

  it('put what was chosen later below', () => {
    expect(names(at('w', 0, 0, 1), at('x', 1, 1, 2), at('r', 2, 2, 3), at('y', 1, 3))).toEqual([
      ['w'],
      ['x'],
      ['r'],
      ['y'],
    ]);
  });

  it('go by levels alone where no times are known', () => {
    expect(names(at('a', 0), at('b', 0), at('c', 1), at('a', 0))).toEqual([['a', 'b'], ['c'], ['a']]);
    expect(names()).toEqual([]);
  });
});

describe('[UI-26] the timeline of a run', () => {
  it('has each node where it was in time', () => {
    const { bars, total } = barsOf([at('a', 0, 100, 400), at('b', 0, 110, 200), at('c', 1, 400)], 500);
    expect(bars.map(({ node, start, length, running }) => [node.name, start, length, running])).toEqual([
      ['a', 0, 300, false],
      ['b', 10, 90, false],
      ['c', 300, 100, true],
    ]);
    expect(total).toBe(400);
  });

  it('puts stored lanes one after the other', () => {
    const stored = (name: string, level: number, duration: number) => ({ ...at(name, level), duration });
    const { bars, total } = barsOf([stored('a', 0, 30), stored('b', 0, 50), stored('c', 1, 20)], 0);
    expect(bars.map(({ start, length }) => [start, length])).toEqual([
      [0, 30],
      [0, 50],
      [50, 20],
    ]);
    expect(total).toBe(70);
  });

  it('survives clocks that disagree, and nothing at all', () => {
    expect(barsOf([at('a', 0, 1000)], 10).bars[0]?.length).toBe(0);
    expect(barsOf([], 10)).toEqual({ bars: [], total: 1 });
  });
});
