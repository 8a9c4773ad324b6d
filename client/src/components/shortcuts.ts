import { useEffect } from 'preact/hooks';
import { useApp } from './app-context.js';
import { panelsNow } from './panels.js';
import { stopAnswer } from './stop-answer.js';

/** Escape stops the answer, unless it is needed to close something; another key goes to the search box. */
export function useShortcuts(drawer: { current: HTMLDialogElement | null }): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      if (event.key !== 'Escape') panelsNow()?.goToSearch(event, app, drawer.current);
      else if (!document.querySelector(':popover-open, dialog[open]')) stopAnswer(app);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app, drawer]);
}
