/** When an execution of a node began and ended, in milliseconds of one clock; undefined where that is not known (yet). */
export interface Span {
  start: number | undefined;
  end: number | undefined;
}

export interface LaneNode extends Span {
  name: string;
  level: number;
}

/**
 * Which executions stand side by side. They come in the order in which they began. One joins the last lane of its level, unless its node
 * is there already (a loop), or nothing of that lane or after it was at work any more when it began (it was chosen later).
 */
export function lanesOf<Node extends LaneNode>(nodes: readonly Node[]): Node[][] {
  const lanes: { level: number; nodes: Node[] }[] = [];
  for (const node of nodes) {
    const at = lanes.findLastIndex(({ level }) => level === node.level);
    const lane = lanes[at];
    const later = lanes.slice(Math.max(0, at));
    const isLast = at === lanes.length - 1;
    const joins =
      lane !== undefined &&
      !lane.nodes.some(({ name }) => name === node.name) &&
      (isLast || later.some((one) => one.nodes.some((other) => overlaps(other, node))));
    if (joins) lane.nodes.push(node);
    else lanes.push({ level: node.level, nodes: [node] });
  }
  return lanes.map((lane) => lane.nodes);
}

/** Whether `other`, which began before, was still at work when `node` began. */
function overlaps(other: Span, node: Span): boolean {
  if (other.start === undefined || node.start === undefined) return false;
  return other.end === undefined || other.end > node.start;
}

export interface Bar<Node> {
  node: Node;
  /** Since the first began. */
  start: number;
  length: number;
  running: boolean;
}

/**
 * The executions on a common axis of time. Where a beginning is not known, lanes follow each other; what has no end yet lasts until
 * `now`.
 */
export function barsOf<Node extends LaneNode & { duration: number | undefined }>(
  nodes: readonly Node[],
  now: number,
): { bars: Bar<Node>[]; total: number } {
  const begun = nodes.flatMap(({ start }) => start ?? []);
  const first = Math.min(...begun);
  const known = begun.length === nodes.length;
  const bars: Bar<Node>[] = [];
  let at = 0;
  for (const lane of lanesOf(nodes)) {
    const starts = lane.map((node) => ({ node, start: known ? (node.start ?? first) - first : at }));
    for (const { node, start } of starts) {
      const length = node.duration ?? (known ? Math.max(0, now - first - start) : 0);
      bars.push({ node, start, length, running: node.end === undefined && node.duration === undefined });
    }
    at = Math.max(at, ...bars.slice(-lane.length).map(({ start, length }) => start + length));
  }
  return { bars, total: Math.max(1, ...bars.map(({ start, length }) => start + length)) };
}
