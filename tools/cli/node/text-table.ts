// Formats rows of cells as aligned columns for the terminal.

/** Returns one line per row, with cells aligned at `side`. A row may have fewer cells than the others. */
export function textTable(rows: readonly (readonly string[])[], side: 'left' | 'right'): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const pad = (cell: string, width: number): string =>
    side === 'left' ? cell.padEnd(width) : cell.padStart(width);
  return rows
    .map((row) => {
      const cells = row.map((cell, i) => pad(cell, widths[i]!));
      return cells.join('  ').trimEnd();
    })
    .join('\n');
}
