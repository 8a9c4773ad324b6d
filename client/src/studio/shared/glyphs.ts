/** Line icons of graphs and agents, on the same grid as those of the page (components/icons.tsx). */
export const glyphs = {
  graph: 'M5 4.5h5v5H5zM14 14.5h5v5h-5zM14 4.5h5v5h-5zM10 7h4M7.5 9.5V17H14',
  agent:
    'M12 4a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM5 20c.6-4 3.4-6 7-6s6.4 2 7 6M17.5 4.5l.8 1.7 1.7.8-1.7.8-.8 1.7-.8-1.7-1.7-.8 1.7-.8z',
  plus: 'M12 5.5v13M5.5 12h13',
  up: 'M12 18.5V6M6.5 11 12 5.5 17.5 11',
  remove: 'M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.2 10.5v5.5M13.8 10.5v5.5',
  download: 'M12 5v10M7.5 11l4.5 4.5 4.5-4.5M5 19h14',
  upload: 'M12 15V5M7.5 9 12 4.5 16.5 9M5 19h14',
} as const;
