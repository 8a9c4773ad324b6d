import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { App } from '../state/app.js';
import { useApp } from './app-context.js';

export type Panels = typeof import('../panels/index.js');

const loaded = signal<Panels | undefined>(undefined);

/** Loads what the page does not need at first: menus, dialogs, forms and what they do. Rejects when the server cannot be reached. */
export async function loadPanels(): Promise<Panels> {
  const panels = await import('../panels/index.js');
  loaded.value = panels;
  return panels;
}

/** Does something with the panels; says so when they cannot be loaded. */
export async function withPanels(app: App, act: (panels: Panels) => unknown): Promise<void> {
  let panels: Panels;
  try {
    panels = await loadPanels();
  } catch {
    app.notices.fail(t('panelFailed'));
    return;
  }
  await act(panels);
}

/** The panels, once they are loaded. */
export function usePanels(): Panels | undefined {
  const app = useApp();
  useEffect(() => void withPanels(app, () => undefined), [app]);
  return loaded.value;
}
