// Formats rows of cells as aligned columns for the terminal.

/** One line per row; cells are aligned at `side`, and a row may be short. */
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
