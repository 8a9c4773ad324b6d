import type { App } from '../../state/app.js';
import { isRecord, stringOf } from '../../state/json.js';
import { browserStorage } from '../../state/storage.js';
import { request, sendJson } from '../../stream/api.js';
import { ProblemError, type Problem } from '../../stream/problem.js';
import { catalogOf } from '../shared/catalog.js';
import { check } from '../shared/faults.js';
import { Draft } from '../shared/draft.js';
import { graphKind, readGraph, writeGraph, type GraphDraft } from './config.js';
import { graphUrl } from './graph-files.js';

export type Saved =
  | { kind: 'saved'; draft: GraphDraft }
  /** There is another graph of this name. */
  | { kind: 'exists'; name: string }
  | { kind: 'refused'; problem: Problem };

/**
 * Saves what the draft says. A stored graph whose name was changed is renamed, with all its versions; what is new, or is saved as
 * another, replaces one of its name only when `replace` says so.
 *
 * @param asName the name to save it under, as a graph of its own
 * @returns the draft to go on with: that of the graph that was stored
 */
export async function saveGraph(
  app: App,
  draft: GraphDraft,
  { asName, replace = false }: { asName?: string; replace?: boolean } = {},
): Promise<Saved> {
  const { fetch } = app;
  // What is written while it is being saved is not saved.
  const text = draft.text.peek();
  const written = isRecord(draft.document) ? draft.document : {};
  const document: Record<string, unknown> = asName === undefined ? written : { ...written, name: asName };
  const name = stringOf(document['name']);
  const isNew = asName !== undefined || draft.name === '';
  try {
    // Not renamed for the sake of something that cannot be saved anyway.
    if (!isNew && name !== draft.name && !replace && (await isSound(app, document)))
      await request(fetch, graphUrl(draft.name, `/rename/${encodeURIComponent(name)}`), { method: 'PUT' });
    if (isNew && !replace) {
      const archive = { format: 'millrace.graph', version: 1, graph: document };
      await sendJson(fetch, 'POST', '/api/graphs/import', archive);
    } else await sendJson(fetch, 'POST', '/api/graphs', document);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { problem } = error;
    return problem.code === 'graph_exists' ? { kind: 'exists', name } : { kind: 'refused', problem };
  }
  await catalogOf(app).graphs.load();
  return { kind: 'saved', draft: successor(draft, name, document, text) };
}

async function isSound({ fetch }: App, document: unknown): Promise<boolean> {
  const found = await check(fetch, 'graphs', document);
  return found.kind === 'checked' && found.faults.length === 0;
}

function successor(
  draft: GraphDraft,
  name: string,
  document: Record<string, unknown>,
  text: string,
): GraphDraft {
  if (draft.name === name) {
    draft.saved(text);
    return draft;
  }
  draft.discard();
  const next = new Draft(graphKind, name, readGraph(document), browserStorage);
  next.write(writeGraph(readGraph(document)));
  return next;
}
