import { useEffect } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import type { App } from '../../state/app.js';
import { isRecord, stringOf } from '../../state/json.js';
import { Resource } from '../../state/loadable.js';
import { getJson } from '../../stream/api.js';

export interface AgentSummary {
  name: string;
  description: string;
  model: string;
}

/** The graphs and agents that there are. */
export interface Catalog {
  /** Their names. */
  graphs: Resource<readonly string[]>;
  agents: Resource<readonly AgentSummary[]>;
}

const catalogs = new WeakMap<App, Catalog>();

export function catalogOf(app: App): Catalog {
  const known = catalogs.get(app);
  if (known) return known;
  const catalog = {
    graphs: new Resource(async () => {
      const names = await getJson(app.fetch, '/api/graphs');
      return Array.isArray(names) ? names.map(String) : [];
    }),
    agents: new Resource(async () => {
      const agents = await getJson(app.fetch, '/api/agents');
      return (Array.isArray(agents) ? (agents as unknown[]) : []).filter(isRecord).map((one) => ({
        name: stringOf(one['name']),
        description: stringOf(one['description']),
        model: stringOf(one['model_name']),
      }));
    }),
  };
  catalogs.set(app, catalog);
  return catalog;
}

/** One of the lists, asked for anew whenever something that shows it appears. */
export function useCatalog<Kind extends keyof Catalog>(kind: Kind): Catalog[Kind] {
  const list = catalogOf(useApp())[kind];
  useEffect(() => void list.load(), [list]);
  return list;
}

export function namesIn(resource: Catalog['graphs'] | Catalog['agents']): readonly string[] {
  const state = resource.state.value;
  if (state.kind !== 'ready') return [];
  return state.data.map((one) => (typeof one === 'string' ? one : one.name));
}
