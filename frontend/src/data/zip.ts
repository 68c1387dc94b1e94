import { BlobReader, configure, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import type { Bytes } from './bomb';
import { OFFICE } from './fileKind';
import { UnusableFile } from './unusableFile';

configure({ useWebWorkers: false, useCompressionStream: true });

const UNPACK = 'Unpack it and upload the CSV or JSON lines inside.';
const JUNK = /(^|\/)(__MACOSX\/|\.|thumbs\.db$|desktop\.ini$)/i;
const SHOWN = 3;
/** Stored and deflate: what is unpacked in steps of bounded size. */
const READABLE = [0, 8];

/** The one data file of a ZIP archive; `onRead` gets how much of the archive was read. */
export async function unzipped(file: Blob, onRead: (read: number) => void): Promise<ReadableStream<Bytes>> {
  const entry = await dataFile(file);
  const { readable, writable } = new TransformStream<Bytes, Bytes>();
  const onprogress = async (done: number, total: number) => onRead(Math.round((done / total) * file.size));
  // What fails fails the stream, too, where it is reported; what fails before that is begun ends it here.
  entry
    .getData(writable, { checkSignature: true, onprogress })
    .catch((cause) => (writable.locked ? undefined : writable.abort(cause)));
  return readable;
}

async function dataFile(file: Blob): Promise<FileEntry> {
  const files: FileEntry[] = [];
  for await (const entry of new ZipReader(new BlobReader(file)).getEntriesGenerator()) {
    if (entry.filename === '[Content_Types].xml') throw new UnusableFile(OFFICE);
    if (!entry.directory && entry.uncompressedSize > 0 && !JUNK.test(entry.filename)) files.push(entry);
  }
  const [only] = files;
  if (!only) throw new UnusableFile('it is a ZIP archive with no file in it. Choose the usage log itself.');
  if (files.length > 1) throw new UnusableFile(severalWords(files.map(({ filename }) => filename)));
  if (only.encrypted) throw new UnusableFile(`it is a ZIP archive with a password. ${UNPACK}`);
  if (!READABLE.includes(only.compressionMethod))
    throw new UnusableFile(`it is a ZIP archive that is packed in a rare way. ${UNPACK}`);
  return only;
}

function severalWords(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `it is a ZIP archive with several files (${shown}${more}). Unpack it and upload them: you can choose them all at once.`;
}
