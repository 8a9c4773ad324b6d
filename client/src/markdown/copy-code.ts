import { copyText } from './clipboard.js';
import { markdownLabels } from './labels.js';

const DONE_MS = 2000;

/** Writes the present words on the copy buttons below an element; inside an effect it runs again when they change. */
export function labelCopyButtons(root: Element): void {
  const { copy } = markdownLabels.value;
  for (const button of root.querySelectorAll('button.md-copy')) button.textContent = copy;
}

/** A click on a code block's copy button copies its code; where nothing can be copied it selects the code. */
export function copyCode(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest('button.md-copy') : null;
  const code = button?.closest('.md-code')?.querySelector('code');
  if (!button || !code) return;
  void copyText(code.textContent).then((copied) => {
    if (copied) confirmCopy(button);
    else document.getSelection()?.selectAllChildren(code);
  });
}

function confirmCopy(button: Element): void {
  button.textContent = markdownLabels.peek().copied;
  setTimeout(() => {
    button.textContent = markdownLabels.peek().copy;
  }, DONE_MS);
}
