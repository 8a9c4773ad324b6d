import { MemoryStorage } from '../../state/memory-storage.js';
import { addNode, changeNode, copyNode, moveNode, removeNode } from './changes.js';
import { Draft } from '../shared/draft.js';
import { emptyGraph, emptyNode, graphKind, readGraph, writeGraph, type GraphConfig } from './config.js';

const graph: GraphConfig = {
  name: 'g',
  description: 'two',
  nodes: [
    { ...emptyNode, name: 'a', model_name: 'm', input_nodes: ['start'], user_prompt: '{start} {a:2} {b}' },
    {
      ...emptyNode,
      name: 'b',
      model_name: 'm',
      input_nodes: ['start', 'a'],
      output_nodes: ['end', 'a'],
      handoffs: 2,
      context: ['a'],
      system_prompt: '{a}, {a:all}, {ab}',
    },
  ],
  end_template: 'so: {a}',
};

describe('[UI-23] a graph as text', () => {
  it('says only what is not as always, and reads as the same', () => {
    const text = writeGraph(graph);
    expect(text).toContain('"input_nodes": ["start", "a"]');
    expect(text).not.toContain('mcp_servers');
    expect(readGraph(JSON.parse(text))).toEqual(graph);
    expect(writeGraph(emptyGraph)).toBe('{\n  "name": "",\n  "nodes": []\n}');
  });

  it.each([
    [null, 0],
    [7, 0],
    [{ nodes: 'x' }, 0],
    [{ nodes: [1, { name: 4, input_nodes: 'a', handoffs: '2', position: [] }] }, 1],
  ])('of %j is read as far as that goes', (value, count) => {
    const read = readGraph(value);
    expect(read.nodes).toHaveLength(count);
    for (const node of read.nodes) expect(node).toEqual(emptyNode);
  });
});

describe('[UI-22] changes of a graph', () => {
  it('rename a node wherever it is named', () => {
    const { nodes, end_template } = changeNode(graph, 0, { name: 'first' });
    expect(nodes[0]).toMatchObject({ name: 'first', user_prompt: '{start} {first:2} {b}' });
    expect(nodes[1]).toMatchObject({
      input_nodes: ['start', 'first'],
      output_nodes: ['end', 'first'],
      context: ['first'],
      system_prompt: '{first}, {first:all}, {ab}',
    });
    expect(end_template).toBe('so: {first}');
  });

  it('leave references alone while two nodes have one name', () => {
    const shared = changeNode(graph, 0, { name: 'b' });
    expect(shared.nodes[1]?.input_nodes).toEqual(['start', 'a']);
    expect(changeNode(shared, 0, { name: 'c' }).nodes[1]?.input_nodes).toEqual(['start', 'a']);
    expect(removeNode(shared, 0).nodes[0]?.input_nodes).toEqual(['start', 'a']);
  });

  it('add, copy, move and remove', () => {
    const three = addNode(graph, { name: 'a' });
    expect(three.nodes.map(({ name }) => name)).toEqual(['a', 'b', 'a 2']);
    expect(three.nodes[2]?.input_nodes).toEqual(['b']);
    expect(addNode(emptyGraph, { name: 'x' }).nodes[0]?.input_nodes).toEqual(['start']);
    expect(copyNode(three, 0).nodes.map(({ name }) => name)).toEqual(['a', 'a 3', 'b', 'a 2']);
    expect(moveNode(graph, 0, 1).nodes.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(moveNode(graph, 0, -1)).toBe(graph);
    const one = removeNode(graph, 0);
    expect(one.nodes).toMatchObject([
      { name: 'b', input_nodes: ['start'], output_nodes: ['end'], context: [] },
    ]);
    expect(removeNode(graph, 5)).toEqual(graph);
  });
});

describe('[UI-24] the draft of a graph', () => {
  it('holds what was written while it was being saved for not saved', () => {
    const storage = new MemoryStorage();
    const draft = new Draft(graphKind, 'g', graph, storage);
    draft.edit((now) => ({ ...now, description: 'sent' }));
    const sent = draft.text.peek();
    draft.edit((now) => ({ ...now, description: 'later' }));
    draft.saved(sent);
    expect(draft.dirty.value).toBe(true);
    const reopened = new Draft(graphKind, 'g', readGraph(JSON.parse(sent)), storage);
    expect(reopened.config.value.description).toBe('later');
    expect(reopened.overtaken).toBe(false);
  });

  it('keeps the form and the text in step', () => {
    const draft = new Draft(graphKind, 'g', graph, new MemoryStorage());
    expect(draft.dirty.value).toBe(false);
    draft.edit((now) => ({ ...now, description: 'three' }));
    expect(draft.text.value).toContain('"description": "three"');
    draft.write(draft.text.peek().replace('three', 'four'));
    expect(draft.config.value.description).toBe('four');
    expect(draft.dirty.value).toBe(true);
    draft.discard();
    expect([draft.dirty.value, draft.config.value]).toEqual([false, graph]);
  });

  it('keeps what was last read while the text cannot be', () => {
    const draft = new Draft(graphKind, 'g', graph, new MemoryStorage());
    draft.write(`${draft.text.peek()}}`);
    expect(draft.broken.value?.line).toBeGreaterThan(1);
    expect(draft.document).toBeUndefined();
    expect(draft.config.value).toEqual(graph);
    draft.repair();
    expect([draft.broken.value, draft.dirty.value]).toEqual([undefined, false]);
  });

  it('gives the server what the form does not know, too', () => {
    const draft = new Draft(graphKind, '', emptyGraph, new MemoryStorage());
    draft.write('{"name":"x","nodes":[{"handoffs":"two"}],"more":1}');
    expect(draft.document).toEqual({ name: 'x', nodes: [{ handoffs: 'two' }], more: 1 });
  });

  it('outlives the page until it is saved', () => {
    const storage = new MemoryStorage();
    const before = new Draft(graphKind, 'g', graph, storage);
    before.edit((now) => ({ ...now, description: 'unsaved' }));
    const after = new Draft(graphKind, 'g', graph, storage);
    expect([after.config.value.description, after.dirty.value, after.overtaken]).toEqual([
      'unsaved',
      true,
      false,
    ]);
    const elsewhere = new Draft(graphKind, 'g', { ...graph, description: 'another' }, storage);
    expect([elsewhere.config.value.description, elsewhere.overtaken]).toEqual(['unsaved', true]);
    elsewhere.saved(elsewhere.text.peek());
    expect([elsewhere.dirty.value, elsewhere.overtaken, storage.values.size]).toEqual([false, false, 0]);
  });

  it('is forgotten on demand, and survives a storage that holds nonsense', () => {
    const storage = new MemoryStorage();
    storage.set('graph.g', '{');
    const draft = new Draft(graphKind, 'g', graph, storage);
    expect(draft.dirty.value).toBe(false);
    draft.write('{}');
    draft.forget();
    expect(storage.values.size).toBe(0);
  });
});
