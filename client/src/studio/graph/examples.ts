import briefingEn from '../../../../examples/graphs/en/briefing.json';
import reviewEn from '../../../../examples/graphs/en/draft-and-review.json';
import viewsEn from '../../../../examples/graphs/en/two-views.json';
import briefingZh from '../../../../examples/graphs/zh/briefing.json';
import reviewZh from '../../../../examples/graphs/zh/draft-and-review.json';
import viewsZh from '../../../../examples/graphs/zh/two-views.json';
import type { Locale } from '../../i18n/locale.js';
import type { GraphArchive } from './graph-files.js';

/** The graphs that come with the project (examples/graphs), in the language of the page. */
export const examples = {
  en: [viewsEn, reviewEn, briefingEn],
  zh: [viewsZh, reviewZh, briefingZh],
} satisfies Record<Locale, GraphArchive[]>;

/** An example whose nodes ask a model that the server has. */
export function exampleFor(
  archive: (typeof examples)[Locale][number],
  models: readonly string[],
): GraphArchive {
  const nodes = archive.graph.nodes.map((node) => ({
    ...node,
    model_name: models.includes(node.model_name) ? node.model_name : (models[0] ?? node.model_name),
  }));
  return { ...archive, graph: { ...archive.graph, nodes } };
}
