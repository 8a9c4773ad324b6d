import { useApp } from '../components/app-context.js';
import { AgentStart } from './agent/agent-start.js';
import { DesignStart } from './design/design-start.js';
import { GraphStart } from './graph/graph-start.js';

/** What a new conversation begins with when it is not with a model: the graphs, or the agents. */
export function Start() {
  switch (useApp().mode.value) {
    case 'agent':
      return <AgentStart />;
    case 'design':
      return <DesignStart />;
    default:
      return <GraphStart />;
  }
}
