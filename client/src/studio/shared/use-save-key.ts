import { useLayoutEffect } from 'preact/hooks';

/** Ctrl or Command and S saves, as everywhere: from the moment that the page shows what is saved. */
export function useSaveKey(save: () => void): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 's' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      // A box whose text counts when it is left is left.
      const { activeElement: box } = document;
      if (box instanceof HTMLInputElement) {
        box.blur();
        box.focus();
      }
      save();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
