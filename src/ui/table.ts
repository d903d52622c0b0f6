/**
 * Rows as aligned columns, two spaces apart, a header in front; the same rows feed `--json`.
 * @param header column titles
 * @param rows cells as text; absent ones print as `-`
 * @param width of the terminal in columns; the last column is cut to it. Infinity for pipes.
 */
export function table(header: string[], rows: (string | null)[][], width = Number.POSITIVE_INFINITY): string {
  const cells = [header, ...rows.map((row) => row.map((cell) => cell ?? "-"))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return cells
    .map(line)
    .map((text) => (text.length > width ? `${text.slice(0, width - 1)}…` : text))
    .join("\n");
}
