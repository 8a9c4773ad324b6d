/**
 * Remembers where the focus belongs before something in the list of conversations changes, and puts it there afterwards when the
 * change took it away: to the same conversation wherever it stands now, or else to the one that came after it.
 */
export function keepFocus(button: HTMLElement | null): () => void {
  const row = button?.closest<HTMLElement>('[data-conversation]');
  const list = button?.closest<HTMLElement>('.sidebar');
  if (!row || !list) return () => undefined;
  const rows = rowsOf(list).map(idOf);
  const at = rows.indexOf(idOf(row));
  const others = [...rows.slice(at), ...rows.slice(0, at).reverse()];
  const put = (): void => {
    const focused = document.activeElement;
    if (focused !== null && focused !== document.body && focused.isConnected) return;
    const now = new Map(rowsOf(list).map((one) => [idOf(one), one]));
    const next = others.map((id) => now.get(id)).find((one) => one !== undefined);
    (next?.querySelector<HTMLElement>('a, input') ?? list.querySelector<HTMLElement>('.search-box'))?.focus();
  };
  // Signals reach the page in the next microtasks; the browser gives the focus back when the menu has closed.
  return () => void setTimeout(put);
}

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[data-conversation]')];
}

function idOf(row: HTMLElement): string {
  return row.dataset['conversation'] ?? '';
}
