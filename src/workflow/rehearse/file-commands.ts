/**
 * Reads what a step wrote into GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE: lines `name=value`, and `name<<DELIMITER`
 * with the lines up to the delimiter.
 * @throws Error with the runner's own text
 */
export function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  while (lines.length > 0) {
    const line = lines.shift() ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals < 0 && heredoc < 0) throw new Error(`Invalid format '${line}'`);
    if (heredoc < 0 || (equals >= 0 && equals < heredoc)) values[line.slice(0, equals)] = line.slice(equals + 1);
    else values[line.slice(0, heredoc)] = takeUntil(lines, line.slice(heredoc + 2));
  }
  return values;
}

function takeUntil(lines: string[], delimiter: string): string {
  const end = lines.indexOf(delimiter);
  if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
  const value = lines.splice(0, end + 1);
  return value.slice(0, -1).join("\n");
}
