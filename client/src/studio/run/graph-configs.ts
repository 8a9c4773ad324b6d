import type { StreamEnvironment } from '../../stream/environment.js';
import { getJson } from '../../stream/api.js';
import { Resource } from '../../state/loadable.js';
import { readGraph, type GraphConfig } from '../graph/config.js';
import { graphUrl } from '../graph/graph-files.js';

const known = new Map<string, Resource<GraphConfig>>();

/** A stored graph, shared by all that show it. */
export function graphConfigs(fetch: StreamEnvironment['fetch'], name: string): Resource<GraphConfig> {
  const resource =
    known.get(name) ?? new Resource(async () => readGraph(await getJson(fetch, graphUrl(name))));
  known.set(name, resource);
  return resource;
}
