import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { ActionButton } from '../../components/action-button.js';
import { Glyph, Icon } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import { AreaField, TextField } from '../shared/fields.js';
import { glyphs } from '../shared/glyphs.js';
import { addNode, copyNode, moveNode, removeNode } from './changes.js';
import { START, type GraphConfig, type GraphNode } from './config.js';
import { faultTexts } from './fault-text.js';
import { faultsAt, type Fault } from '../shared/faults.js';
import type { GraphDraft } from './config.js';
import { NodeForm } from './node-form.js';

export interface GraphFormProps {
  draft: GraphDraft;
  faults: readonly Fault[];
  /** The place of the node whose form is open; none: -1. */
  chosen: Signal<number>;
}

/** A graph as a form. */
export function GraphForm({ draft, faults, chosen }: GraphFormProps) {
  const app = useApp();
  const graph = draft.config.value;
  const { nodes } = graph;
  const wrong = (field: string) =>
    faultTexts(
      faultsAt(faults, [field]).filter(({ loc }) => loc.length === 1),
      graph,
    );
  const edit = (fields: Partial<GraphConfig>): void => draft.edit((now) => ({ ...now, ...fields }));
  const isAdded = useRef(false);
  // With the form, and not a moment later: what is typed at once would be selected, and the next key would replace it.
  useLayoutEffect(() => {
    if (isAdded.current) focusName();
    isAdded.current = false;
  });
  const add = (): void => {
    isAdded.current = true;
    draft.edit((now) => addNode(now, { name: t('nodeNew'), model_name: app.model.peek() || null }));
    chosen.value = draft.config.peek().nodes.length - 1;
  };
  return (
    <div class="form">
      <TextField
        label={t('graphName')}
        value={graph.name}
        maxLength={128}
        faults={draft.name === '' && graph.name === '' && nodes.length === 0 ? [] : wrong('name')}
        change={(name) => edit({ name })}
      />
      <AreaField
        label={t('description')}
        value={graph.description}
        rows={2}
        faults={wrong('description')}
        change={(description) => edit({ description })}
      />
      <section class="nodes" aria-label={t('nodes')}>
        <h2>{t('nodes')}</h2>
        {nodes.length === 0 && <p class="muted">{t('nodesNone')}</p>}
        <ol>
          {nodes.map((node, index) => (
            <NodeCard key={index} draft={draft} faults={faults} chosen={chosen} node={node} index={index} />
          ))}
        </ol>
        {nodes.length > 0 &&
          wrong('nodes').map((text) => (
            <p key={text} class="field-fault">
              {text}
            </p>
          ))}
        <button type="button" class="button" onClick={add}>
          <Glyph path={glyphs.plus} /> {t('nodeAdd')}
        </button>
      </section>
      <AreaField
        label={t('endTemplate')}
        hint={t('endTemplateHint')}
        value={graph.end_template ?? ''}
        faults={wrong('end_template')}
        placeholders={[START, ...nodes.map(({ name }) => name)].map((name) => `{${name}}`)}
        placeholdersLabel={t('placeholders')}
        change={(text) => edit({ end_template: text === '' ? null : text })}
      />
    </div>
  );
}

function focusName(): void {
  const box = document.querySelector<HTMLInputElement>('.node-card-open input');
  box?.select();
  box?.scrollIntoView({ block: 'nearest' });
}

function NodeCard({
  draft,
  faults,
  chosen,
  node,
  index,
}: GraphFormProps & { node: GraphNode; index: number }) {
  const { notices } = useApp();
  const { nodes } = draft.config.value;
  const own = faultsAt(faults, ['nodes', String(index)]);
  const isOpen = chosen.value === index;
  const name = node.name === '' ? t('nodeUnnamed') : node.name;
  const detail = (node.is_subgraph ? node.subgraph_name : node.model_name) ?? '';
  const move = (by: -1 | 1): void => {
    draft.edit((graph) => moveNode(graph, index, by));
    if (isOpen) chosen.value += by;
  };
  const remove = (): void => {
    const before = draft.text.peek();
    draft.edit((graph) => removeNode(graph, index));
    if (isOpen) chosen.value = -1;
    else if (chosen.peek() > index) chosen.value -= 1;
    const after = draft.text.peek();
    notices.tell(t('nodeRemoved', { name }), {
      label: t('undo'),
      run() {
        if (draft.text.peek() === after) draft.write(before);
      },
    });
  };
  return (
    <li class={isOpen ? 'node-card node-card-open' : 'node-card'}>
      <div class="node-head">
        <button
          type="button"
          class="node-title"
          aria-expanded={isOpen}
          onClick={() => (chosen.value = isOpen ? -1 : index)}
        >
          <span class="disclosure-mark" aria-hidden="true">
            <Icon name="chevron" />
          </span>
          <span class="node-title-name" dir="auto">
            {name}
          </span>
          {detail !== '' && <span class="muted">{detail}</span>}
          {own.length > 0 && (
            <span class="node-faults" title={faultTexts(own, draft.config.value).join(' ')}>
              <Icon name="warning" />
              <span class="sr-only">{t('nodeFaults', { count: own.length })}</span>
            </span>
          )}
        </button>
        <div class="node-tools">
          <ActionButton
            icon="down"
            label={t('nodeDown', { name })}
            disabled={index === nodes.length - 1}
            onClick={() => move(1)}
          />
          <span class="turned">
            <ActionButton
              icon="down"
              label={t('nodeUp', { name })}
              disabled={index === 0}
              onClick={() => move(-1)}
            />
          </span>
          <ActionButton
            icon="copy"
            label={t('nodeCopy', { name })}
            onClick={() => {
              draft.edit((graph) => copyNode(graph, index));
              chosen.value = index + 1;
            }}
          />
          <ActionButton icon="close" label={t('nodeRemove', { name })} onClick={remove} />
        </div>
      </div>
      {isOpen && <NodeForm draft={draft} node={node} index={index} faults={own} />}
    </li>
  );
}
