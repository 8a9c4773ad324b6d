import { useEffect, useMemo } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { Icon, Spinner } from '../../components/icons.js';
import { formatDuration } from '../../i18n/format.js';
import { t } from '../../i18n/studio-text.js';
import type { NodeBlock } from '../../state/node-block.js';
import type { Turn } from '../../state/turn.js';
import { END, START } from '../graph/config.js';
import type { LayoutNode } from '../graph/layout.js';
import { Picture } from '../graph/picture.js';
import { graphConfigs } from './graph-configs.js';
import { nodeLooks, phaseOf, type NodePhase } from './node-looks.js';
import { drawnName, topNodes } from './node-runs.js';

/** The graph of a run: what has run is lit, what runs now is bright, what is to come is dim. */
export function RunPicture({ name, turn, live }: { name: string; turn: Turn; live: boolean }) {
  const { fetch, conversation } = useApp();
  const stored = useMemo(() => graphConfigs(fetch, name), [fetch, name]);
  useEffect(() => void stored.load(), [stored]);
  const turns = conversation.value?.turns.value ?? [];
  const nodes = chainTo(turn, turns).flatMap((one) => topNodes(one.run.blocks.value));
  const byName = groupsOf(nodes);
  const state = stored.state.value;
  const drawn = state.kind === 'ready' ? state.data.nodes : [];
  const isKnown = nodes.every((node) => drawn.some((one) => one.name === drawnName(node.name)));
  // The graph may have been changed since, or be gone.
  const shown = drawn.length > 0 && isKnown ? drawn : nodesByLevel(nodes);
  const { phase } = turn.run.summary.value;
  const isLit = (node: string): boolean =>
    node === START ? nodes.length > 0 || live : node === END ? phase === 'completed' : byName.has(node);
  if (shown.length === 0) return null;
  return (
    <Picture
      nodes={shown}
      direction="across"
      label={(node) => <RunLabel name={node} runs={byName.get(node) ?? []} />}
      look={(node) => (node === START || node === END ? pillLook(isLit(node)) : lookOf(byName.get(node)))}
      lit={(from, to) => isLit(from) && isLit(to) && endedOf(byName.get(from))}
      choose={(node) => show(node, turn)}
    />
  );
}

function RunLabel({ name, runs }: { name: string; runs: readonly NodeBlock[] }) {
  const phase = phaseOfAll(runs);
  const look = phase && nodeLooks[phase];
  const times = runs.flatMap((run) => run.view.value.duration_ms ?? []);
  const total = times.reduce((sum, time) => sum + time, 0);
  const facts = [
    ...(runs.length > 1 ? [t('times', { count: runs.length })] : []),
    ...(times.length > 0 ? [formatDuration(total)] : []),
  ];
  return (
    <>
      <span class="node-name" dir="auto">
        {name}
      </span>
      <span class="node-detail">
        {look && (look.icon ? <Icon name={look.icon} /> : <Spinner />)}
        <span>{facts.length > 0 ? facts.join(' · ') : t(look?.words ?? 'nodeWaiting')}</span>
      </span>
    </>
  );
}

/** The runs that this one goes on from, and itself: those have no input of their own. */
function chainTo(turn: Turn, turns: readonly Turn[]): Turn[] {
  const at = turns.indexOf(turn);
  const chain = [turn];
  for (let index = at; index > 0 && turns[index]?.prompt === ''; index -= 1) {
    const before = turns[index - 1];
    if (before) chain.unshift(before);
  }
  return chain;
}

function groupsOf(nodes: readonly NodeBlock[]): Map<string, NodeBlock[]> {
  const groups = new Map<string, NodeBlock[]>();
  for (const node of nodes) {
    const name = drawnName(node.name);
    groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  return groups;
}

/** A picture of what has run, when nobody knows the graph: each level leads to the next. */
function nodesByLevel(nodes: readonly NodeBlock[]): LayoutNode[] {
  const levels = new Map(nodes.map(({ name, level }) => [drawnName(name), level]));
  const all = [...levels];
  return all.map(([name, level]) => {
    const below = Math.max(-1, ...all.flatMap(([, other]) => (other < level ? [other] : [])));
    const before = all.flatMap(([one, other]) => (other === below ? [one] : []));
    return {
      name,
      input_nodes: before.length > 0 ? before : [START],
      output_nodes: all.some(([, other]) => other > level) ? [] : [END],
      handoffs: null,
      context: [],
    };
  });
}

function phaseOfAll(runs: readonly NodeBlock[]): NodePhase | undefined {
  const phases = runs.map((run) => phaseOf(run.view.value));
  return phases.find((phase) => phase === 'running') ?? phases.findLast(() => true);
}

function endedOf(runs: readonly NodeBlock[] | undefined): boolean {
  return runs === undefined || runs.some((run) => run.view.value.ended);
}

function lookOf(runs: readonly NodeBlock[] | undefined): string {
  return `picture-${(runs && phaseOfAll(runs)) ?? 'waiting'}`;
}

function pillLook(lit: boolean): string {
  return lit ? 'picture-ok' : '';
}

/** Brings the last card of a node into view. */
function show(name: string, turn: Turn): void {
  const cards = [...document.querySelectorAll<HTMLElement>(`[data-turn="${turn.key}"] [data-node]`)];
  const card = cards.findLast(({ dataset }) => drawnName(dataset['node'] ?? '') === name);
  card?.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  card?.querySelector('button')?.focus({ preventScroll: true });
}
