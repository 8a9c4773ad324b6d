/** Line icons of the panels, on the same grid as those of the page (components/icons.tsx). */
export const glyphs = {
  rename: 'M5 19l.8-3.4L15.5 6 18 8.5 8.4 18.2z',
  star: 'M12 4.6l2.3 4.7 5.1.7-3.7 3.6.9 5.1-4.6-2.4-4.6 2.4.9-5.1L4.6 10l5.1-.7z',
  tag: 'M4.5 11.5V5h6.5l8.5 8.5-6.5 6.5zM8.5 9h.01',
  download: 'M12 5v10M7.5 11l4.5 4.5 4.5-4.5M5 19h14',
  compact: 'M12 3.5v5M9.5 6.5 12 9l2.5-2.5M12 20.5v-5M9.5 17.5 12 15l2.5 2.5M5 12h14',
  remove: 'M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.2 10.5v5.5M13.8 10.5v5.5',
  restore: 'M5 12a7 7 0 1 0 2.2-5.1M5 4v4.5h4.5',
} as const;
