import { useMemo } from 'preact/hooks';
import { t } from '../../i18n/studio-text.js';
import {
  AreaField,
  CheckField,
  NumberField,
  SelectField,
  SeveralField,
  TextField,
} from '../shared/fields.js';
import type { GraphConfig, GraphNode } from './config.js';

/** What few nodes need: contexts, limits, files. */
export function NodeDetails(props: {
  node: GraphNode;
  graph: GraphConfig;
  edit: (fields: Partial<GraphNode>) => void;
  wrong: (field: keyof GraphNode) => string[];
}) {
  const { node, graph, edit, wrong } = props;
  // It opens with what is used, and then as somebody wants it.
  const opened = useMemo(() => isUsed(node), []);
  const sources = graph.nodes.filter((one) => one.global_output && one.name !== '').map(({ name }) => name);
  return (
    <details class="node-more" open={opened}>
      <summary>{t('more')}</summary>
      <div class="form">
        <AreaField
          label={t('description')}
          hint={t('descriptionHint')}
          rows={2}
          value={node.description}
          faults={wrong('description')}
          change={(description) => edit({ description })}
        />
        <CheckField
          label={t('globalOutput')}
          value={node.global_output}
          change={(global_output) => edit({ global_output })}
        />
        <SeveralField
          label={t('context')}
          none={t('contextNone')}
          offered={sources}
          chosen={node.context}
          faults={wrong('context')}
          change={(context) => edit({ context })}
        />
        {node.context.length > 0 && (
          <SelectField
            label={t('contextMode')}
            value={node.context_mode}
            faults={wrong('context_mode')}
            choices={modesFor(node.context_mode)}
            change={(context_mode) => edit({ context_mode })}
          />
        )}
        {!node.is_subgraph && (
          <>
            <CheckField
              label={t('toolOutput')}
              value={!node.output_enabled}
              change={(on) => edit({ output_enabled: !on })}
            />
            <div class="field-row">
              <NumberField
                label={t('maxIterations')}
                hint={t('limitsHint')}
                value={node.max_iterations}
                min={1}
                max={200}
                faults={wrong('max_iterations')}
                change={(max_iterations) => edit({ max_iterations })}
              />
              <NumberField
                label={t('timeout')}
                value={node.timeout_seconds}
                min={0}
                max={86_400}
                step="any"
                faults={wrong('timeout_seconds')}
                change={(timeout_seconds) => edit({ timeout_seconds })}
              />
            </div>
            <TextField
              label={t('saveFiles')}
              value={node.save ?? ''}
              maxLength={64}
              faults={wrong('save')}
              change={(extension) => edit({ save: extension === '' ? null : extension })}
            />
          </>
        )}
      </div>
    </details>
  );
}

/** The usual modes, and the one that is chosen. */
function modesFor(chosen: string) {
  const modes = [...new Set(['all', 'latest', '2', '3', '5', '10', chosen])];
  return modes.map((value) => ({ value, label: modeText(value) }));
}

function modeText(mode: string): string {
  if (mode === 'all') return t('contextAll');
  if (mode === 'latest' || mode === '1') return t('contextLatest');
  const count = /^(?:latest_)?(\d+)$/.exec(mode)?.[1];
  return count === undefined ? mode : t('contextSome', { count });
}

function isUsed(node: GraphNode): boolean {
  return (
    node.global_output ||
    node.context.length > 0 ||
    !node.output_enabled ||
    [node.save, node.max_iterations, node.timeout_seconds].some((value) => value !== null)
  );
}
