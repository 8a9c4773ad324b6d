import { END, START } from './config.js';
import { wireName, type Layout, type LayoutEdge, type Slot } from './layout.js';

/** A box, in rem. */
export interface Box {
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  edge: LayoutEdge;
  /** An SVG path. */
  path: string;
}

export interface Geometry {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
}

type Direction = 'down' | 'across';

const NODE = { width: 8.75, height: 3.25 };
/** The start and the end. */
const PILL = { width: 4, height: 1.75 };
/** How much of a row an edge takes that crosses it, all of its depth. */
const WIRE = 0.75;
/** Between boxes of one row, and between rows. */
const GAP = { side: 1.25, row: 2 };
const MARGIN = 0.75;
/** How far a loop reaches out. */
const LOOP = 1.75;

/** Where the parts of a layout stand when its rows go down, or across. */
export function geometryOf({ rows, edges }: Layout, direction: Direction): Geometry {
  const down = direction === 'down';
  const sizeOf = ({ name }: Slot) => (name === START || name === END ? PILL : NODE);
  const along = (slot: Slot) => (slot.wire ? WIRE : down ? sizeOf(slot).width : sizeOf(slot).height);
  const across = (slot: Slot) => (slot.wire ? 0 : down ? sizeOf(slot).height : sizeOf(slot).width);
  const lengths = rows.map(
    (row) => row.reduce((sum, slot) => sum + along(slot), 0) + GAP.side * Math.max(0, row.length - 1),
  );
  const longest = Math.max(...lengths);
  const hasLoops = edges.some(({ back }) => back);
  const places = new Map<Slot, Box>();
  let depth = MARGIN;
  rows.forEach((row, index) => {
    const thickness = Math.max(0, ...row.map(across));
    let at = MARGIN + (longest - (lengths[index] ?? 0)) / 2;
    for (const slot of row) {
      const deep = slot.wire ? thickness : across(slot);
      const side = depth + (thickness - deep) / 2;
      const [width, height] = down ? [along(slot), deep] : [deep, along(slot)];
      places.set(slot, { name: slot.name, width, height, x: down ? at : side, y: down ? side : at });
      at += along(slot) + GAP.side;
    }
    if (row.length > 0) depth += thickness + GAP.row;
  });
  const outer = MARGIN + longest;
  const span = outer + (hasLoops ? LOOP : 0) + MARGIN;
  const total = depth - GAP.row + MARGIN;
  const byName = Map.groupBy(places.values(), ({ name }) => name);
  const named = (name: string): readonly Box[] => byName.get(name) ?? [];
  return {
    width: down ? span : total,
    height: down ? total : span,
    boxes: [...places].flatMap(([{ wire }, box]) => (wire ? [] : [box])),
    lines: edges.flatMap((edge) => {
      const [from] = named(edge.from);
      const [to] = named(edge.to);
      if (!from || !to) return [];
      const path = edge.back
        ? loopPath(from, to, outer + LOOP, down)
        : wirePath(from, to, named(wireName(edge)), down);
      return [{ edge, path }];
    }),
  };
}

type Point = readonly [x: number, y: number];

/** From the end of a box through the wires to the beginning of another. */
function wirePath(from: Box, to: Box, wires: readonly Box[], down: boolean): string {
  const points = [
    exit(from, down),
    ...wires.flatMap((wire) => [entry(wire, down), exit(wire, down)]),
    entry(to, down),
  ];
  const [first, ...others] = points;
  let path = `M${pair(first!)}`;
  let last = first!;
  for (const next of others) {
    path += ` C${curve(last, next, down)}`;
    last = next;
  }
  return path;
}

function curve(from: Point, to: Point, down: boolean): string {
  const half = down ? (to[1] - from[1]) / 2 : (to[0] - from[0]) / 2;
  const out: Point = down ? [from[0], from[1] + half] : [from[0] + half, from[1]];
  const into: Point = down ? [to[0], to[1] - half] : [to[0] - half, to[1]];
  return `${pair(out)} ${pair(into)} ${pair(to)}`;
}

/** Out of the side of a box, along the edge of the picture, into the side of another. */
function loopPath(from: Box, to: Box, outside: number, down: boolean): string {
  const side = ({ x, y, width, height }: Box): Point =>
    down ? [x + width, y + height / 2] : [x + width / 2, y + height];
  const [start, end] = [side(from), side(to)];
  const [out, into]: [Point, Point] = down
    ? [
        [outside, start[1]],
        [outside, end[1]],
      ]
    : [
        [start[0], outside],
        [end[0], outside],
      ];
  return `M${pair(start)} C${pair(out)} ${pair(into)} ${pair(end)}`;
}

function entry({ x, y, width, height }: Box, down: boolean): Point {
  return down ? [x + width / 2, y] : [x, y + height / 2];
}

function exit({ x, y, width, height }: Box, down: boolean): Point {
  return down ? [x + width / 2, y + height] : [x + width, y + height / 2];
}

function pair([x, y]: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
