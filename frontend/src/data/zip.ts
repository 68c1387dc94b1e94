import { BlobReader, configure, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import type { Bytes } from './bomb';
import { headerOf, isJsonLog, isJunk, isTable } from './bundle';
import { OFFICE } from './fileKind';
import { UnusableFile } from './unusableFile';

configure({ useWebWorkers: false, useCompressionStream: true });

const UNPACK = 'Unpack it and upload the CSV or JSON lines inside.';
const SHOWN = 3;
/** Stored and deflate: what is unpacked in steps of bounded size. */
const READABLE = [0, 8];

/** The one data file of a ZIP archive, or its session logs in one stream; `onRead` gets how much of it was read. */
export async function unzipped(file: Blob, onRead: (read: number) => void): Promise<ReadableStream<Bytes>> {
  const files = await dataFiles(file);
  const [only, ...others] = files;
  if (!only) throw new UnusableFile('it is a ZIP archive with no file in it. Choose the usage log itself.');
  if (others.length === 0) return contentOf(only, file.size, onRead);
  const names = files.map(({ filename }) => filename);
  if (!names.some(isJsonLog) || names.some(isTable)) throw new UnusableFile(severalWords(names));
  return streamOf(sessions(files, onRead));
}

/** The logs, each behind its header, and the names of the other files. */
async function* sessions(files: readonly FileEntry[], onRead: (read: number) => void): AsyncGenerator<Bytes> {
  const encoder = new TextEncoder();
  let before = 0;
  for (const entry of files) {
    const { filename, uncompressedSize, compressedSize } = entry;
    const sent = isJsonLog(filename);
    yield encoder.encode(headerOf(filename, sent ? uncompressedSize : 0, sent));
    if (!sent) continue;
    const reader = contentOf(entry, compressedSize, (now) => onRead(before + now)).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
    before += compressedSize;
  }
}

function streamOf(parts: AsyncGenerator<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream({
    async pull(out) {
      const { done, value } = await parts.next();
      if (done) out.close();
      else out.enqueue(value);
    },
  });
}

/** The content of a file; `size` is what `onRead` counts up to. */
function contentOf(entry: FileEntry, size: number, onRead: (read: number) => void): ReadableStream<Bytes> {
  const { readable, writable } = new TransformStream<Bytes, Bytes>();
  const onprogress = async (done: number, total: number) => onRead(Math.round((done / total) * size));
  // What fails fails the stream, too, where it is reported; what fails before that is begun ends it here.
  entry
    .getData(writable, { checkSignature: true, onprogress })
    .catch((cause) => (writable.locked ? undefined : writable.abort(cause)));
  return readable;
}

async function dataFiles(file: Blob): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  for await (const entry of new ZipReader(new BlobReader(file)).getEntriesGenerator()) {
    if (entry.filename === '[Content_Types].xml') throw new UnusableFile(OFFICE);
    if (!entry.directory && entry.uncompressedSize > 0 && !isJunk(entry.filename)) files.push(entry);
  }
  if (files.some(({ encrypted }) => encrypted))
    throw new UnusableFile(`it is a ZIP archive with a password. ${UNPACK}`);
  if (files.some(({ compressionMethod }) => !READABLE.includes(compressionMethod)))
    throw new UnusableFile(`it is a ZIP archive that is packed in a rare way. ${UNPACK}`);
  return files.sort((one, two) => (one.filename < two.filename ? -1 : 1));
}

function severalWords(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `it is a ZIP archive with several files (${shown}${more}). Unpack it and upload them: you can choose them all at once.`;
}
