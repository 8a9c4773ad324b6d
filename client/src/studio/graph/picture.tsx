import { useId, useMemo } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/studio-text.js';
import { END, START } from './config.js';
import { geometryOf, type Box } from './geometry.js';
import { layoutOf, type LayoutNode } from './layout.js';

/** More than these nobody finds his way in; the server takes no more either. */
const MOST_NODES = 200;

export interface PictureProps {
  nodes: readonly LayoutNode[];
  direction: 'down' | 'across';
  /** What stands in the box of a node. */
  label: (name: string) => ComponentChildren;
  /** Further classes of the box of a node, of the start, or of the end. */
  look?: (name: string) => string;
  /** Whether an edge has been gone along. */
  lit?: (from: string, to: string) => boolean;
  chosen?: string;
  choose: (name: string) => void;
}

/** A graph as boxes and arrows. What it shows is in the form, or below it, as text, too. */
export function Picture(props: PictureProps) {
  const { nodes, direction } = props;
  const marker = useId();
  // It only changes with what the edges depend on.
  const shape = JSON.stringify(
    nodes.map(({ name, input_nodes, output_nodes, handoffs, context }) => [
      name,
      input_nodes,
      output_nodes,
      (handoffs ?? 0) > 0,
      context,
    ]),
  );
  const geometry = useMemo(
    () => geometryOf(layoutOf(nodes.slice(0, MOST_NODES)), direction),
    [shape, direction],
  );
  if (nodes.length > MOST_NODES) return <p class="muted">{t('pictureTooLarge', { count: MOST_NODES })}</p>;
  const { width, height, boxes, lines } = geometry;
  return (
    <div class="picture" role="group" aria-label={t('picture')}>
      <div class="picture-plane" style={{ inlineSize: `${width}rem`, blockSize: `${height}rem` }}>
        <svg class="picture-lines" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
          <defs>
            {['', '-lit'].map((kind) => (
              <marker
                key={kind}
                id={marker + kind}
                class={`picture-arrow${kind}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerUnits="userSpaceOnUse"
                markerWidth="0.7"
                markerHeight="0.7"
                orient="auto-start-reverse"
              >
                <path d="M1 1 7 4 1 7z" />
              </marker>
            ))}
          </defs>
          {lines.map(({ edge, path }) => {
            const lit = props.lit?.(edge.from, edge.to) === true;
            return (
              <path
                key={`${edge.kind} ${edge.from} ${edge.to}`}
                class={`picture-line picture-${edge.kind}${lit ? ' picture-lit' : ''}`}
                d={path}
                marker-end={edge.kind === 'context' ? undefined : `url(#${marker}${lit ? '-lit' : ''})`}
              />
            );
          })}
        </svg>
        {boxes.map((box) => (
          <PictureBox key={box.name} box={box} {...props} />
        ))}
      </div>
    </div>
  );
}

function PictureBox({ box, label, look, chosen, choose }: PictureProps & { box: Box }) {
  const { name, x, y, width, height } = box;
  const place = {
    insetInlineStart: `${x}rem`,
    insetBlockStart: `${y}rem`,
    inlineSize: `${width}rem`,
    blockSize: `${height}rem`,
  };
  const looks = look?.(name) ?? '';
  if (name === START || name === END) {
    return (
      <span class={`picture-pill ${looks}`} style={place}>
        {name}
      </span>
    );
  }
  return (
    <button
      type="button"
      class={`picture-node ${looks}`}
      style={place}
      aria-pressed={chosen === name}
      onClick={() => choose(name)}
    >
      {label(name)}
    </button>
  );
}
