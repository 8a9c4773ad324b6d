import { useEffect } from 'preact/hooks';
import { useApp } from './app-context.js';
import { withPanels } from './panels.js';
import { stopAnswer } from './stop-answer.js';

/** Escape stops the answer, unless it is needed to close something; Ctrl or Command and K goes to the search box. */
export function useShortcuts(drawer: { current: HTMLDialogElement | null }): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      if (event.key === 'Escape' && !document.querySelector(':popover-open, dialog[open]')) stopAnswer(app);
      if (event.key !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void withPanels(app, (panels) => panels.goToSearch(app, drawer.current));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app, drawer]);
}
