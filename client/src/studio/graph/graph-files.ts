import { fileName, saveFile } from '../../panels/save-file.js';
import { problemText } from '../../components/problem-text.js';
import { t } from '../../i18n/studio-text.js';

import type { App } from '../../state/app.js';
import { isRecord, stringOf } from '../../state/json.js';
import { request, sendJson } from '../../stream/api.js';
import { problemOf } from '../../stream/problem.js';
import { catalogOf } from '../shared/catalog.js';

/** A graph as a document (docs/graphs.md). */
export type GraphArchive = Record<string, unknown> & { graph: Record<string, unknown> };

export function graphUrl(name: string, what = ''): string {
  return `/api/graphs/${encodeURIComponent(name)}${what}`;
}

export async function exportGraph(app: App, name: string): Promise<void> {
  try {
    const response = await request(app.fetch, graphUrl(name, '/export'), {});
    saveFile(await response.blob(), `${fileName(name)}.json`);
  } catch (error) {
    app.notices.fail(`${t('exportFailed')} ${problemText(problemOf(error))}`);
  }
}

/**
 * Stores a graph of a document and chooses it. One of the same name that differs is replaced only when `replace` says so.
 *
 * @returns whether it was stored, or is there and differs
 */
export async function importGraph(
  app: App,
  archive: GraphArchive,
  replace: boolean,
): Promise<'done' | 'exists' | 'failed'> {
  try {
    await sendJson(app.fetch, 'POST', '/api/graphs/import', { ...archive, overwrite: replace });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'graph_exists') return 'exists';
    app.notices.fail(`${t('graphImportFailed')} ${problemText(problem)}`);
    return 'failed';
  }
  await catalogOf(app).graphs.load();
  app.settings.graph.value = stringOf(archive.graph['name']);
  return 'done';
}

export async function readArchive(file: File): Promise<GraphArchive | undefined> {
  try {
    const value: unknown = JSON.parse(await file.text());
    if (!isRecord(value)) return undefined;
    if (value['format'] === 'millrace.graph' && isRecord(value['graph']))
      return { ...value, graph: value['graph'] };
    // A bare configuration, as a seed's file is one.
    if (Array.isArray(value['nodes'])) return { format: 'millrace.graph', version: 1, graph: value };
  } catch {
    // Not JSON.
  }
  return undefined;
}
