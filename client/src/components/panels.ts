import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { App } from '../state/app.js';
import { useApp } from './app-context.js';

/** Menus, dialogs, forms and what they do. */
export const {
  load: loadPanels,
  withPart: withPanels,
  usePart: usePanels,
} = later(() => import('../panels/index.js'));

/** Graphs and agents: their lists, forms, and runs. */
export const { usePart: useStudio } = later(() => import('../studio/index.js'));

export type Studio = NonNullable<ReturnType<typeof useStudio>>;

/** A part of the page that is not needed at first. */
function later<Part>(fetchPart: () => Promise<Part>) {
  const loaded = signal<Part | undefined>(undefined);

  /** Rejects when the server cannot be reached. */
  const load = async (): Promise<Part> => (loaded.value = await fetchPart());

  /** Does something with the part; says so when it cannot be loaded. */
  const withPart = async (app: App, act: (part: Part) => unknown): Promise<void> => {
    let part: Part;
    try {
      part = await load();
    } catch {
      app.notices.fail(t('panelFailed'));
      return;
    }
    await act(part);
  };

  /** The part, once it is loaded. */
  const usePart = (): Part | undefined => {
    const app = useApp();
    useEffect(() => void withPart(app, () => undefined), [app]);
    return loaded.value;
  };
  return { load, withPart, usePart };
}
