import { useEffect } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import { useApp } from '../components/app-context.js';
import { Glyph } from '../components/icons.js';
import { t } from '../i18n/studio-text.js';
import { glyphs } from './shared/glyphs.js';
import { namesIn, useCatalog } from './shared/catalog.js';

/** Which graph or agent a prompt goes to. A conversation with a graph stays with it. */
export function Picker() {
  const app = useApp();
  if (app.mode.value === 'agent')
    return <Names kind="agents" chosen={app.settings.agent} label={t('agent')} />;
  if (app.conversation.value) {
    return (
      <span class="pill muted">
        <Glyph path={glyphs.graph} />
        <span class="pill-text">{app.graph.value}</span>
      </span>
    );
  }
  return <Names kind="graphs" chosen={app.settings.graph} label={t('graph')} />;
}

function Names({
  kind,
  chosen,
  label,
}: {
  kind: 'graphs' | 'agents';
  chosen: Signal<string>;
  label: string;
}) {
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
