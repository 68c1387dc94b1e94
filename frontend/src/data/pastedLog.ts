const CSV_TOKENS = /tokens|usage|cost/i;

/** What a pasted text would be called as a file; null when it reads like a question, not like rows of a log. */
export function logName(text: string): string | null {
  const lines = text.split('\n', 50).filter((line) => line.trim());
  const [first, second] = lines.map((line) => line.trim());
  if (!first || !second) return null;
  if (first.startsWith('[') && isArrayOfRows(text)) return 'pasted.json';
  if (isRow(first) && isRow(second)) return 'pasted.jsonl';
  return isHeaderOf(first, second) ? 'pasted.csv' : null;
}

function isArrayOfRows(text: string): boolean {
  return /^\s*\[\s*\{\s*"/.test(text);
}

function isRow(line: string): boolean {
  return line.startsWith('{"') && line.endsWith('}');
}

/** A header of short names, tokens or costs among them, and a first row of as many cells with a number in it. */
function isHeaderOf(header: string, row: string): boolean {
  if (!CSV_TOKENS.test(header)) return false;
  return [',', ';', '\t', '|'].some((delimiter) => {
    const names = header.split(delimiter);
    const cells = row.split(delimiter);
    const isTable = names.length >= 3 && names.every(isName) && cells.length >= names.length;
    return isTable && cells.some((cell) => /^"?\d/.test(cell.trim()));
  });
}

function isName(cell: string): boolean {
  return /^"?[^\s"]+( [^\s"]+){0,2}"?$/.test(cell.trim());
}
