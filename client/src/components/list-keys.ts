/** Moves the focus through the search box and the conversations by the arrow keys, Home and End. */
export function stepThroughList(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const focused = document.activeElement;
  const inSearch = focused instanceof HTMLInputElement && focused.type === 'search';
  if (event.isComposing || (!inSearch && !focused?.matches('.conversation-link'))) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('.search-box, .conversation-link')];
  const at = stops.findIndex((one) => one === focused);
  const next = target(event.key, at, stops.length, inSearch);
  if (next === undefined) return;
  event.preventDefault();
  stops[next]?.focus();
}

function target(key: string, at: number, length: number, inSearch: boolean): number | undefined {
  if (key === 'ArrowDown') return Math.min(at + 1, length - 1);
  if (inSearch) return undefined;
  if (key === 'ArrowUp') return at - 1;
  if (key === 'Home') return Math.min(1, length - 1);
  return key === 'End' ? length - 1 : undefined;
}
