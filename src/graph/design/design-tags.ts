/** The tags in which a model writes the parts of a graph (contract/seed.md §5). */
type SimpleTag = 'analysis' | 'todo' | 'graph_name' | 'graph_description' | 'end_template';
type Tag = SimpleTag | 'node' | 'delete_node';

/** A node as a model wrote it: an object with a name, which is checked whole when the graph is stored. */
export type DraftNode = { name: string } & Record<string, unknown>;

/** What one answer changes in a design. */
export interface DesignChanges {
  fields: Partial<Record<SimpleTag, string>>;
  nodes: DraftNode[];
  deleted: string[];
  /** What stands in a `node` tag and is no node, in words. */
  faults: string[];
}

const TOKEN = /<(\/?)(analysis|todo|graph_name|graph_description|end_template|node|delete_node)>/gi;

/**
 * Reads the tags of an answer, in any case. Of a simple tag the first counts, of `node` and `delete_node` all. What is blank, or has no
 * end tag, counts as not there. The cost is that of reading the text once.
 */
export function readDesignTags(text: string): DesignChanges {
  const changes: DesignChanges = { fields: {}, nodes: [], deleted: [], faults: [] };
  const begun = new Map<Tag, number>();
  for (const { 0: token, 1: slash, 2: name, index } of text.matchAll(TOKEN)) {
    const tag = name!.toLowerCase() as Tag;
    const start = begun.get(tag);
    if (slash === '') {
      if (start === undefined) begun.set(tag, index + token.length);
    } else if (start !== undefined) {
      begun.delete(tag);
      take(tag, text.slice(start, index).trim(), changes);
    }
  }
  return changes;
}

function take(tag: Tag, content: string, changes: DesignChanges): void {
  if (content === '') return;
  if (tag === 'delete_node') changes.deleted.push(content);
  else if (tag !== 'node') changes.fields[tag] ??= content;
  else {
    const node = readNode(content);
    if (typeof node === 'string') changes.faults.push(node);
    else changes.nodes.push(node);
  }
}

/** The node, or why it is none. Models like to put JSON into a fence. */
function readNode(content: string): DraftNode | string {
  const json = /^```\w*\s([^]*?)```$/.exec(content)?.[1] ?? content;
  let node: unknown;
  try {
    node = JSON.parse(json);
  } catch (error) {
    return `A node was left out, because it is not valid JSON (${(error as Error).message}).`;
  }
  if (typeof node !== 'object' || node === null || Array.isArray(node))
    return 'A node was left out, because it is not a JSON object.';
  const { name } = node as Record<string, unknown>;
  if (typeof name !== 'string' || name.trim() === '') return 'A node was left out, because it has no name.';
  return { ...node, name: name.trim() };
}
