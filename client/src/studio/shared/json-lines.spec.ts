import { lineOf, parseJson } from './json-lines.js';

const text = `{
  "name": "a, \\"b\\": [",
  "nodes": [
    { "name": "x", "input_nodes": ["start",
        "gone"] },
    {
      "name": "y"
    }
  ]
}`;

describe('[UI-23] lineOf', () => {
  it.each([
    [['name'], 2],
    [['nodes'], 3],
    [['nodes', '0'], 4],
    [['nodes', '0', 'input_nodes', '1'], 5],
    [['nodes', '1'], 6],
    [['nodes', '1', 'name'], 7],
    // What is not there is looked for where it would stand.
    [['nodes', '1', 'model_name'], 6],
    [['nodes', '7'], 3],
    [['gone'], 1],
    [[], 1],
  ])('finds %j on line %i', (path, line) => expect(lineOf(text, path)).toBe(line));

  it('survives what is no JSON', () => {
    for (let end = 0; end <= text.length; end += 1) lineOf(text.slice(0, end), ['nodes', '1', 'name']);
    expect(lineOf('}}]],,""{[', ['a'])).toBe(1);
  });
});

describe('[UI-23] parseJson', () => {
  it('says where a fault is', () => {
    expect(parseJson('{"a": 1}')).toEqual({ value: { a: 1 } });
    expect(parseJson('{\n  "a": 1,\n  b\n}').fault?.line).toBe(3);
    expect(parseJson('{\n  "a":').fault?.line).toBe(2);
    expect(parseJson('').fault?.line).toBe(1);
  });
});
