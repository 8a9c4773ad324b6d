import { t } from '../../i18n/studio-text.js';
import type { StudioKey } from '../../i18n/studio-en.js';
import { END, START, type GraphConfig } from './config.js';
import type { Fault } from '../shared/faults.js';

const texts: Partial<Record<string, StudioKey>> = {
  reserved_name: 'faultReserved',
  duplicate_name: 'faultDuplicate',
  model_required: 'faultModelRequired',
  unknown_subgraph: 'faultUnknownSubgraph',
  subgraph_cycle: 'faultCycle',
  unreachable_node: 'faultUnreachable',
  unknown_server: 'faultUnknownServer',
  no_start: 'faultNoStart',
  no_end: 'faultNoEnd',
};

/** What is wrong, in the language of the page where it has words for it; else in the server's. */
export function faultText({ code, loc, message }: Fault, graph: GraphConfig): string {
  const known = texts[code];
  if (known !== undefined) return t(known);
  const field = loc.at(-1);
  if (field === 'name' && code === 'too_small') return t('faultNameMissing');
  if (field === 'name' && (code === 'invalid_format' || code === 'custom')) return t('faultName');
  const node = loc[0] === 'nodes' ? graph.nodes[Number(loc[1])] : undefined;
  if (node && code === 'unknown_model') return t('faultUnknownModel', { name: node.model_name ?? '' });
  if (
    node &&
    code === 'unknown_node' &&
    (field === 'input_nodes' || field === 'output_nodes' || field === 'context')
  ) {
    const names = new Set([field === 'output_nodes' ? END : START, ...graph.nodes.map(({ name }) => name)]);
    return t('faultUnknownNode', { name: node[field].filter((name) => !names.has(name)).join(', ') });
  }
  return message;
}

/** The texts of some faults, each once. */
export function faultTexts(faults: readonly Fault[], graph: GraphConfig): string[] {
  return [...new Set(faults.map((fault) => faultText(fault, graph)))];
}
