import { useApp } from '../components/app-context.js';
import { AgentWorkshop } from './agent/agent-workshop.js';
import { GraphWorkshop } from './graph/graph-workshop.js';

/** The place in which a graph or an agent is made. */
export function Workshop() {
  const place = useApp().router.workshop.value;
  if (!place) return null;
  return place.kind === 'agents' ? (
    <AgentWorkshop key={place.name} name={place.name} />
  ) : (
    <GraphWorkshop name={place.name} />
  );
}
