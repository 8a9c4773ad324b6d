/** One line of a table in the terminal. */
export function row(name, ...cells) {
  return `  ${name.padEnd(20)}${cells.map((cell) => cell.padStart(22)).join('')}`;
}
