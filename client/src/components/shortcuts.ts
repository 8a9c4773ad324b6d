import { useEffect } from 'preact/hooks';
import { useApp } from './app-context.js';
import { stopAnswer } from './stop-answer.js';

/** Below this the sidebar is a drawer, as in layout.css. */
const SMALL = '(width < 48rem)';
/** The drawer fills when the browser tells that it is open. */
const DRAWER_MS = 50;

/** Escape stops the answer, Ctrl or Command and K goes to the search box. */
export function useShortcuts(drawer: { current: HTMLDialogElement | null }): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      if (event.key === 'Escape' && !isNeededElsewhere()) stopAnswer(app);
      if (event.key !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (!matchMedia(SMALL).matches) app.settings.sidebarOpen.value = true;
      else if (!drawer.current?.open) drawer.current?.showModal();
      setTimeout(() => {
        const boxes = [...document.querySelectorAll<HTMLInputElement>('.search-box')];
        boxes.find((box) => box.checkVisibility())?.focus();
      }, DRAWER_MS);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app, drawer]);
}

/** Something is open that this key closes. */
function isNeededElsewhere(): boolean {
  return document.querySelector(':popover-open, dialog[open]') !== null;
}
