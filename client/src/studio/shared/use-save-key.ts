import { useLayoutEffect } from 'preact/hooks';

/** Ctrl or Command and S saves, as everywhere: from the moment that the page shows what is saved. */
export function useSaveKey(save: () => void): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 's' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      save();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
