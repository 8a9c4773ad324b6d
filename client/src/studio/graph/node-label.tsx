import { Glyph } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import { glyphs } from '../shared/glyphs.js';
import type { GraphNode } from './config.js';

/** A node in a few words: what it is called, and what it is. */
export function NodeLabel({ node }: { node: GraphNode | undefined }) {
  if (!node) return null;
  const detail = (node.is_subgraph ? node.subgraph_name : node.model_name) ?? '';
  return (
    <>
      <span class="node-name" dir="auto">
        {node.name === '' ? t('nodeUnnamed') : node.name}
      </span>
      {detail !== '' && (
        <span class="node-detail">
          {node.is_subgraph && <Glyph path={glyphs.graph} />}
          <span>{detail}</span>
        </span>
      )}
    </>
  );
}
