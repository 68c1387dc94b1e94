import { BUNDLE_MARK } from './fileKind';

/** A file of a folder, by its path within it. */
export interface FolderFile {
  path: string;
  content: Blob;
}

/** What a folder is uploaded as: tables one by one, session logs together. */
export interface Part {
  name: string;
  content: Blob;
}

const JUNK = /(^|\/)(__MACOSX\/|\.|thumbs\.db$|desktop\.ini$)/i;
const JSON_LOG = /\.(jsonl?|ndjson)$/i;
const TABLE = /\.(csv|tsv)(\.(gz|zst|zip))?$/i;

/** True for what systems leave beside files, and for hidden files. */
export const isJunk = (path: string) => JUNK.test(path);
/** True for a log of sessions or other JSON, by its name. */
export const isJsonLog = (path: string) => JSON_LOG.test(path);
/** True for a table, by its name: several of them are better uploaded one by one, as their rows may overlap. */
export const isTable = (path: string) => TABLE.test(path);

/** The line before a file in the stream: the server's common/spend/logs/bundle.py reads it. */
export function headerOf(name: string, bytes: number, sent = true): string {
  return `${String.fromCharCode(BUNDLE_MARK)}${JSON.stringify({ name, bytes, ...(sent ? {} : { sent }) })}\n`;
}

/** The uploads that a folder becomes, in the order of its paths, and the files that none of them names. */
export function partsOf(folder: string, files: readonly FolderFile[]): { parts: Part[]; left: string[] } {
  const present = files
    .filter(({ path, content }) => content.size > 0 && !isJunk(path))
    .sort((one, two) => (one.path < two.path ? -1 : 1));
  const tables = present.filter(({ path }) => isTable(path));
  const logs = present.filter(({ path }) => isJsonLog(path));
  const others = present.filter(({ path }) => !isTable(path) && !isJsonLog(path));
  if (logs.length > 1) {
    const bundle = { name: folder, content: bundleOf(logs, others) };
    return { parts: [bundle, ...tables.map(asPart)], left: [] };
  }
  return { parts: [...logs, ...tables].map(asPart), left: others.map(({ path }) => path) };
}

const asPart = ({ path, content }: FolderFile): Part => ({ name: path, content });

/** A stream of the logs, in which the others are named only. Nothing is read before it is sent. */
function bundleOf(logs: readonly FolderFile[], others: readonly FolderFile[]): Blob {
  const sent = logs.flatMap(({ path, content }) => [headerOf(path, content.size), content]);
  return new Blob([...sent, ...others.map(({ path }) => headerOf(path, 0, false))]);
}
