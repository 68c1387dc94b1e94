/** What several files in one stream begin with (bundle.ts). */
export const BUNDLE_MARK = 0x1c;

/** Bytes that tell what a file is. */
const HEAD_BYTES = 65_536;

const EXPORT = 'Export the usage log itself as CSV or JSON lines.';
/** Of the zipped formats of Office. */
export const OFFICE = 'it is an Office document. Save the sheet as CSV (UTF-8).';
const UNPACK = 'Unpack it and upload the CSV or JSON lines inside.';

/** What files begin with that are no text, and what to do instead. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['%PDF', `it is a PDF document. ${EXPORT}`],
  ['PAR1', 'it is a Parquet file. Export it as CSV or JSON lines.'],
  ['\xd0\xcf\x11\xe0', 'it is an old Office document. Save the sheet as CSV (UTF-8).'],
  ['SQLite format 3', 'it is an SQLite database. Export the table as CSV.'],
  ['\x1f\x8b', `it is an archive inside an archive. ${UNPACK}`],
  ['BZh', `it is a bzip2 archive. ${UNPACK}`],
  ['\x28\xb5\x2f\xfd', `it is an archive inside an archive. ${UNPACK}`],
  ['\xfd7zXZ', `it is an xz archive. ${UNPACK}`],
  ['7z\xbc\xaf', `it is a 7-Zip archive. ${UNPACK}`],
  ['Rar!', `it is a RAR archive. ${UNPACK}`],
  ['Obj\x01', 'it is an Avro file. Export it as CSV or JSON lines.'],
  ['ARROW1', 'it is an Arrow file. Export it as CSV or JSON lines.'],
  ['\x89PNG', `it is a picture. ${EXPORT}`],
  ['\xff\xd8\xff', `it is a picture. ${EXPORT}`],
  ['GIF8', `it is a picture. ${EXPORT}`],
];

/** Why the beginning of a file cannot be that of a usage log, in the customer's words; null when it may be one. */
export function problemOf(content: Uint8Array): string | null {
  const head = content.subarray(0, HEAD_BYTES);
  if (head[0] === BUNDLE_MARK) return null; // the server says which of its files is no log
  const latin = new TextDecoder('latin1').decode(head);
  if (latin.startsWith('PK\x03\x04')) return zipProblem(latin);
  const match = BEGINNINGS.find(([beginning]) => startsWith(head, beginning));
  if (match) return match[1];
  if (isUtf32(head))
    return 'it is UTF-32 text. Save it as UTF-8 (in Excel: "CSV UTF-8") and upload it again.';
  if (head.includes(0)) return `it holds binary data, not text. ${EXPORT}`;
  return textProblem(new TextDecoder().decode(head).trimStart());
}

function textProblem(text: string): string | null {
  if (!text) return `it has no content. ${EXPORT}`;
  const isPage = /^(<!doctype|<html|<\?xml)/i.test(text);
  return isPage ? `it is a web page or an XML document. ${EXPORT}` : null;
}

function zipProblem(latin: string): string {
  const isSheet = latin.includes('xl/') || latin.includes('[Content_Types].xml');
  return isSheet ? OFFICE : `it is an archive inside an archive. ${UNPACK}`;
}

function startsWith(head: Uint8Array, beginning: string): boolean {
  return [...beginning].every((char, place) => head[place] === char.charCodeAt(0));
}

function isUtf32(head: Uint8Array): boolean {
  return startsWith(head, '\xff\xfe\0\0') || startsWith(head, '\0\0\xfe\xff');
}

/** UTF-16 by its mark, or by its look: in ASCII text every other byte is zero. Null for all other content. */
export function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (isUtf32(head)) return null;
  if (startsWith(head, '\xff\xfe')) return 'utf-16le';
  if (startsWith(head, '\xfe\xff')) return 'utf-16be';
  const start = head.subarray(0, 64);
  const [even, odd] = [0, 1].map((side) => start.every((byte, place) => place % 2 !== side || byte === 0));
  if (start.length < 8 || even === odd) return null;
  return even ? 'utf-16be' : 'utf-16le';
}
