import type { App } from '../state/app.js';

/** Below this the sidebar is a drawer, as in layout.css. */
const SMALL = '(width < 48rem)';
/** The drawer fills when the browser tells that it is open. */
const DRAWER_MS = 50;

/** Goes to the search box, and shows it where it is hidden. */
export function goToSearch(app: App, drawer: HTMLDialogElement | null): void {
  if (!matchMedia(SMALL).matches) app.settings.sidebarOpen.value = true;
  else if (!drawer?.open) drawer?.showModal();
  setTimeout(() => {
    const boxes = [...document.querySelectorAll<HTMLInputElement>('.search-box')];
    boxes.find((box) => box.checkVisibility())?.focus();
  }, DRAWER_MS);
}
