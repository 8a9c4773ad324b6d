import type { Locale } from '../../i18n/locale.js';
import { isRecord, stringOf } from '../../state/json.js';
import { getJson } from '../../stream/api.js';
import type { StreamEnvironment } from '../../stream/environment.js';
import type { GraphArchive } from './graph-files.js';

export interface Example {
  name: string;
  description: string;
  document: GraphArchive;
}

/** The graphs that come with the server (examples/graphs), in the language of the page. Their nodes ask a model that there is. */
export async function loadExamples(fetch: StreamEnvironment['fetch'], locale: Locale): Promise<Example[]> {
  const answer = await getJson(fetch, `/api/examples/graphs?language=${locale}`);
  return (Array.isArray(answer) ? (answer as unknown[]) : []).flatMap((one): Example[] => {
    if (!isRecord(one) || !isRecord(one['document']) || !isRecord(one['document']['graph'])) return [];
    const { graph, ...rest } = one['document'];
    const document = { ...rest, graph: graph };
    return [{ name: stringOf(one['name']), description: stringOf(one['description']), document }];
  });
}
