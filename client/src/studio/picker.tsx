import type { Signal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { useApp } from '../components/app-context.js';
import { Glyph } from '../components/icons.js';
import { ModelPicker } from '../components/model-picker.js';
import { t } from '../i18n/studio-text.js';
import { FinishButton } from './design/finish-button.js';
import { askAgent, askDesigner, askGraph } from './shared/asks.js';
import { namesIn, useCatalog } from './shared/catalog.js';
import { glyphs } from './shared/glyphs.js';
import { chosenName } from './shared/names.js';

/** Which graph or agent a prompt goes to, or which model designs. A conversation with a graph or an agent stays with it. */
export function Picker() {
  const app = useApp();
  const mode = app.mode.value;
  const name = chosenName(app);
  const model = app.model.value;
  // Before the page is painted: what is sent goes where the page says.
  useLayoutEffect(() => {
    if (mode === 'design') app.otherAsk.value = model === '' ? undefined : askDesigner(model);
    else if (name === '') app.otherAsk.value = undefined;
    else app.otherAsk.value = mode === 'agent' ? askAgent(name) : askGraph(name);
  }, [app, mode, name, model]);
  if (mode === 'design') {
    return (
      <>
        <ModelPicker />
        <FinishButton />
      </>
    );
  }
  if (app.conversation.value) {
    return (
      <span class="pill muted">
        <Glyph path={mode === 'agent' ? glyphs.agent : glyphs.graph} />
        <span class="pill-text">{name}</span>
      </span>
    );
  }
  return mode === 'agent' ? (
    <Names key="agents" kind="agents" chosen={app.settings.agent} label={t('agent')} />
  ) : (
    <Names key="graphs" kind="graphs" chosen={app.settings.graph} label={t('graph')} />
  );
}

function Names(props: { kind: 'graphs' | 'agents'; chosen: Signal<string>; label: string }) {
  const { kind, chosen, label } = props;
  const list = useCatalog(kind);
  const names = namesIn(list);
  const isReady = list.state.value.kind === 'ready';
  useEffect(() => {
    // What is gone cannot be asked; where there is one, one is chosen.
    if (isReady && !names.includes(chosen.peek())) chosen.value = names[0] ?? '';
  }, [isReady, names.join('/'), chosen]);
  if (names.length === 0) return null;
  return (
    <select
      class="pill pill-button model-picker"
      aria-label={label}
      title={label}
      value={chosen.value}
      onChange={(event) => (chosen.value = event.currentTarget.value)}
    >
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
