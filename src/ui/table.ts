/**
 * Rows as aligned columns, two spaces apart, a header in front; the same rows feed `--json`.
 * @param header column titles
 * @param rows cells as text; absent ones print as `-`
 * @param width of the terminal in columns; Infinity for pipes. Where rows are wider, the widest columns are cut, the
 * last one (an address to copy) only when that does not suffice.
 */
export function table(header: string[], rows: (string | null)[][], width = Number.POSITIVE_INFINITY): string {
  const cells = [header, ...rows.map((row) => row.map((cell) => cell ?? "-"))];
  const natural = header.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)));
  const widths = fitted(natural, width);
  const line = (row: string[]) =>
    row
      .map((cell, column) => cut(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return cells
    .map(line)
    .map((text) => cut(text, width))
    .join("\n");
}

/** A column is not cut below this many characters: an id of an environment fits. */
const NARROWEST = 16;

function fitted(natural: number[], width: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, column) => sum + column + 2, -2);
  while (total() > width) {
    const widest = Math.max(...widths.slice(0, -1));
    if (widest <= NARROWEST) break;
    const column = widths.indexOf(widest);
    widths[column] = Math.max(NARROWEST, widest - (total() - width));
  }
  return widths;
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length > width ? `${characters.slice(0, width - 1).join("")}…` : text;
}
