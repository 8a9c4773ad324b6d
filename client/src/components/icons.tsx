/** Line icons on a 24 × 24 grid, drawn for this page. They are decoration: every control has its words. */
const paths = {
  panel: 'M4 5h16v14H4zM9.5 5v14',
  pen: 'M5 19h14M6.5 15.5 16 6l2.5 2.5-9.5 9.5-3 .5z',
  menu: 'M4 7h16M4 12h16M4 17h10',
  send: 'M12 19V6M6.5 11 12 5.5 17.5 11',
  down: 'M12 5v13M6.5 13 12 18.5 17.5 13',
  chevron: 'M9 6l6 6-6 6',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  retry: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4.5h-4.5',
  sliders: 'M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4',
  wrench: 'M14.5 6.5a4 4 0 0 0 5 5L12 19a2.1 2.1 0 0 1-3-3l7-7M14.5 6.5 17 4a4 4 0 0 0-5 5',
  warning: 'M12 4.5 20.5 19h-17zM12 10v4.5M12 16.8v.2',
  failed: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9.2 9.2l5.6 5.6M14.8 9.2l-5.6 5.6',
  done: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM8.5 12.3l2.5 2.5 4.6-5',
  stopped: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9.5 9.5h5v5h-5z',
  unknown: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9.8 9.8a2.3 2.3 0 1 1 3.2 2.2c-.7.3-1 .8-1 1.5M12 16.3v.2',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.2l2.8 1.8',
  sum: 'M17 6H7l5.5 6L7 18h10',
  layout: 'M5 5h14v14H5zM5 10h14M11 10v9',
  text: 'M5 6h14M5 10.5h14M5 15h14M5 19.5h8',
  search: 'M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.5 15.5 20 20',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  star: 'M12 4.6l2.3 4.7 5.1.7-3.7 3.6.9 5.1-4.6-2.4-4.6 2.4.9-5.1L4.6 10l5.1-.7z',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  edit: 'M5 19l.8-3.4L15.5 6 18 8.5 8.4 18.2z',
  back: 'M15 6l-6 6 6 6',
  play: 'M8 5.5v13l10-6.5z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return <Glyph path={paths[name]} />;
}

/** An icon that is drawn elsewhere. */
export function Glyph({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

/** The mark: water that runs through a wheel. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="13" r="8.5" />
      <path d="M16 4.5v17M7.5 13h17M10 7l12 12M22 7 10 19" />
      <path class="mark-water" d="M3 25c3.2-3 6.5-3 9.7 0s6.5 3 9.7 0 4.6-2.7 6.6-1.5" />
    </svg>
  );
}
