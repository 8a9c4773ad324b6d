import { useApp } from '../../components/app-context.js';
import { t } from '../../i18n/studio-text.js';
import { namesIn, useCatalog } from '../shared/catalog.js';
import { AreaField, NumberField, Segments, SelectField, SeveralField, TextField } from '../shared/fields.js';
import { choicesOf } from '../shared/choices.js';
import { changeNode } from './changes.js';
import { END, mayHandOver, START, type GraphNode } from './config.js';
import { faultTexts } from './fault-text.js';
import { faultsAt, type Fault } from '../shared/faults.js';
import type { GraphDraft } from './config.js';
import { NodeDetails } from './node-details.js';

export interface NodeFormProps {
  draft: GraphDraft;
  node: GraphNode;
  index: number;
  /** Those of this node. */
  faults: readonly Fault[];
}

/** The fields of one node: what it is, what it is asked, what comes before and after it. The rarer ones are folded. */
export function NodeForm(props: NodeFormProps) {
  const { draft, node, index, faults } = props;
  const graph = draft.config.value;
  const others = graph.nodes.map(({ name }) => name).filter((name) => name !== '');
  const edit = (fields: Partial<GraphNode>): void => draft.edit((now) => changeNode(now, index, fields));
  const wrong = (field: keyof GraphNode) =>
    faultTexts(faultsAt(faults, ['nodes', String(index), field]), graph);
  const area = (field: 'system_prompt' | 'user_prompt') => ({
    value: node[field],
    faults: wrong(field),
    change: (text: string) => edit({ [field]: text }),
  });
  const also = graph.nodes
    .filter((other) => !mayHandOver(other) && other.output_nodes.includes(node.name))
    .map(({ name }) => name)
    .filter((name) => !node.input_nodes.includes(name));
  return (
    <div class="form node-form">
      <TextField
        late
        label={t('name')}
        value={node.name}
        maxLength={128}
        faults={wrong('name')}
        change={(name) => edit({ name: name.trim() })}
      />
      <Segments
        label={t('nodeKind')}
        value={node.is_subgraph ? 'graph' : 'model'}
        choices={[
          ['model', t('kindModel')],
          ['graph', t('kindGraph')],
        ]}
        change={(kind) => edit({ is_subgraph: kind === 'graph' })}
      />
      {node.is_subgraph ? (
        <SubgraphField node={node} faults={wrong('subgraph_name')} edit={edit} />
      ) : (
        <ModelField node={node} faults={wrong('model_name')} edit={edit} />
      )}
      {!node.is_subgraph && (
        <>
          <AreaField label={t('systemPrompt')} {...area('system_prompt')} />
          <AreaField
            label={t('userPrompt')}
            hint={t('userPromptHint')}
            placeholders={[...node.input_nodes, ...node.context].map((name) => `{${name}}`)}
            placeholdersLabel={t('placeholders')}
            {...area('user_prompt')}
          />
        </>
      )}
      <SeveralField
        label={t('inputs')}
        hint={also.length > 0 ? t('inputsAlso', { names: also.join(', ') }) : t('inputsHint')}
        offered={[START, ...others.filter((name) => name !== node.name)]}
        chosen={node.input_nodes}
        faults={wrong('input_nodes')}
        change={(input_nodes) => edit({ input_nodes })}
      />
      <SeveralField
        label={t('outputs')}
        hint={t('outputsHint')}
        offered={[...others.filter((name) => name !== node.name), END]}
        chosen={node.output_nodes}
        faults={wrong('output_nodes')}
        change={(output_nodes) => edit({ output_nodes })}
      />
      <NumberField
        label={t('handoffs')}
        hint={t('handoffsHint')}
        value={node.handoffs}
        min={0}
        max={1000}
        faults={wrong('handoffs')}
        change={(handoffs) => edit({ handoffs })}
      />
      {!node.is_subgraph && <ToolsField node={node} faults={wrong('mcp_servers')} edit={edit} />}
      <NodeDetails node={node} edit={edit} wrong={wrong} graph={graph} />
    </div>
  );
}

interface PartProps {
  node: GraphNode;
  faults: readonly string[];
  edit: (fields: Partial<GraphNode>) => void;
}

function ModelField({ node, faults, edit }: PartProps) {
  const state = useApp().models.state.value;
  const models = state.kind === 'ready' ? state.data : [];
  return (
    <SelectField
      label={t('model')}
      value={node.model_name ?? ''}
      faults={faults}
      choices={choicesOf(models, node.model_name, t('modelChoose'))}
      change={(name) => edit({ model_name: name === '' ? null : name })}
    />
  );
}

function SubgraphField({ node, faults, edit }: PartProps) {
  const { router } = useApp();
  const names = namesIn(useCatalog('graphs'));
  const name = node.subgraph_name;
  return (
    <SelectField
      label={t('subgraph')}
      value={name ?? ''}
      faults={faults}
      choices={choicesOf(names, name, t('subgraphChoose'))}
      change={(chosen) => edit({ subgraph_name: chosen === '' ? null : chosen })}
      after={
        name !== null &&
        names.includes(name) && (
          <button
            type="button"
            class="link-button"
            onClick={() => router.go(`/graphs/${encodeURIComponent(name)}`)}
          >
            {t('subgraphOpen')}
          </button>
        )
      }
    />
  );
}

function ToolsField({ node, faults, edit }: PartProps) {
  const state = useApp().servers.state.value;
  return (
    <SeveralField
      label={t('tools')}
      none={t('toolsNone')}
      offered={state.kind === 'ready' ? state.data.map(({ name }) => name) : []}
      chosen={node.mcp_servers}
      faults={faults}
      change={(mcp_servers) => edit({ mcp_servers })}
    />
  );
}
