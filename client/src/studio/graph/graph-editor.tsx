import { useSignal } from '@preact/signals';
import { Icon } from '../../components/icons.js';
import { problemText } from '../../components/problem-text.js';
import { t } from '../../i18n/studio-text.js';
import { BrokenNote } from '../shared/broken-note.js';
import { Segments } from '../shared/fields.js';
import { JsonEditor } from '../shared/json-editor.js';
import { KeptNote } from '../shared/kept-note.js';
import { EditorBar } from './editor-bar.js';
import { faultText } from './fault-text.js';
import type { Check } from '../shared/faults.js';
import type { GraphDraft } from './config.js';
import { GraphForm } from './graph-form.js';
import { NodeLabel } from './node-label.js';
import { Picture } from './picture.js';
import { ReadmeEditor } from './readme-editor.js';
import { useCheck } from '../shared/use-check.js';

type View = 'form' | 'json' | 'readme';

/** A graph in the making: as a form or as JSON, with its picture and what is wrong with it beside them. */
export function GraphEditor({ draft, reopen }: { draft: GraphDraft; reopen: (draft: GraphDraft) => void }) {
  const view = useSignal<View>('form');
  const chosen = useSignal(draft.name === '' ? -1 : 0);
  const check = useCheck('graphs', draft);
  const faults = check.value?.kind === 'checked' ? check.value.faults : [];
  const { broken } = draft;
  const open = (at: number): void => {
    chosen.value = at;
    view.value = 'form';
    setTimeout(() => document.querySelector('.node-card-open')?.scrollIntoView({ block: 'nearest' }));
  };
  return (
    <div class="workshop">
      <EditorBar draft={draft} reopen={reopen} />
      <div class="workshop-body">
        <KeptNote draft={draft} overtaken={t('overtaken')} />
        <div class="workshop-views">
          <Segments
            label={t('view')}
            value={view.value}
            change={(next) => (view.value = next)}
            choices={[
              ['form', t('viewForm')],
              ['json', t('viewJson')],
              ['readme', t('viewReadme')],
            ]}
          />
        </div>
        <div class="workshop-columns">
          <div class="workshop-main">
            {broken.value && view.value === 'form' && <BrokenNote repair={() => draft.repair()} />}
            {view.value === 'form' && <GraphForm draft={draft} faults={faults} chosen={chosen} />}
            {view.value === 'json' && (
              <JsonEditor
                label={t('json')}
                text={draft.text.value}
                write={(text) => draft.write(text)}
                broken={broken.value}
                faults={faults.map(({ loc, ...fault }) => ({
                  loc,
                  text: faultText({ loc, ...fault }, draft.config.value),
                }))}
                tidy={() => draft.repair()}
              />
            )}
            {view.value === 'readme' && <ReadmeEditor name={draft.name} />}
          </div>
          <aside class="workshop-side">
            <Overview draft={draft} chosen={chosen.value} open={open} />
            <Faults draft={draft} check={check.value} open={open} />
          </aside>
        </div>
      </div>
    </div>
  );
}

/** @param props.open shows the form of a node */
function Overview(props: { draft: GraphDraft; chosen: number; open: (at: number) => void }) {
  const { draft, chosen, open } = props;
  const { nodes } = draft.config.value;
  if (nodes.length === 0) return null;
  const find = (name: string) => nodes.find((one) => one.name === name);
  return (
    <Picture
      nodes={nodes}
      direction="down"
      label={(name) => <NodeLabel node={find(name)} />}
      chosen={nodes[chosen]?.name}
      choose={(name) => open(nodes.findIndex((one) => one.name === name))}
    />
  );
}

/** What is wrong, in one place; what belongs to a node leads there. */
function Faults(props: { draft: GraphDraft; check: Check | undefined; open: (at: number) => void }) {
  const { draft, check, open } = props;
  if (draft.broken.value) return null;
  if (!check) return <p class="muted">{t('faultsChecking')}</p>;
  if (check.kind === 'failed')
    return <p class="danger">{t('faultsFailed', { reason: problemText(check.problem) })}</p>;
  if (check.faults.length === 0) {
    return (
      <p class="faults-none" role="status">
        <Icon name="done" /> {t('faultsNone')}
      </p>
    );
  }
  const { nodes } = draft.config.value;
  return (
    <section class="faults" aria-label={t('faults')}>
      <h3>{t('faults')}</h3>
      <ul>
        {check.faults.map((fault, index) => {
          const at = fault.loc[0] === 'nodes' ? Number(fault.loc[1]) : NaN;
          const node = nodes[at];
          const text = faultText(fault, draft.config.value);
          return (
            <li key={index}>
              {node ? (
                <button type="button" class="fault-link" onClick={() => open(at)}>
                  <b>{node.name === '' ? t('nodeUnnamed') : node.name}</b> {text}
                </button>
              ) : (
                text
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
