import { DATASET_BYTES } from '../contract/contract';
import { utf16Of } from './fileKind';
import { type Packing, packingOf, unpacked } from './unpack';
import { UnusableFile } from './unusableFile';

/** Plain bytes of one chunk: even if they do not compress, the chunk stays below the server's limit. */
export const PIECE_BYTES = 4 * 1024 * 1024;

const HEAD_BYTES = 64;

/** The next part of a file's content. `bytes` is valid until the next piece is asked for; `read` counts the file itself. */
export interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  read: number;
}

/** True where the content is what stands in the file: neither packed nor UTF-16. */
export async function isPlain(file: Blob): Promise<boolean> {
  return isPlainHead(await headOf(file));
}

/**
 * The content of a file in pieces of up to `limit` bytes, unpacked and as UTF-8. One buffer serves all pieces, so memory
 * does not grow with the file.
 */
export async function* pieces(file: Blob, limit = PIECE_BYTES): AsyncGenerator<Piece> {
  const head = await headOf(file);
  if (isPlainHead(head) && file.size > DATASET_BYTES) throw tooLarge();
  const packing = packingOf(head);
  let length = 0;
  let read = 0;
  const reader = await openedBy(file, packing, (now) => {
    read = now;
  });
  const buffer = new Uint8Array(limit);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await readOf(reader, packing);
      if (done) break;
      length += value.byteLength;
      if (length > DATASET_BYTES) throw tooLarge();
      for (let taken = 0; taken < value.byteLength; ) {
        const part = value.subarray(taken, taken + limit - filled);
        buffer.set(part, filled);
        taken += part.byteLength;
        filled += part.byteLength;
        if (filled < limit) continue;
        yield { bytes: buffer, read };
        filled = 0;
      }
    }
    if (filled > 0) yield { bytes: buffer.subarray(0, filled), read };
  } finally {
    await reader.cancel().catch(() => undefined); // a stream that failed has nothing left to cancel
  }
}

/** A chunk as it travels. */
export async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const gzip = new CompressionStream('gzip');
  const writer = gzip.writable.getWriter();
  const [body] = await Promise.all([
    new Response(gzip.readable).arrayBuffer(),
    writer.write(bytes),
    writer.close(),
  ]);
  return new Uint8Array(body);
}

function isPlainHead(head: Uint8Array): boolean {
  return packingOf(head) === 'none' && utf16Of(head) === null;
}

async function openedBy(file: Blob, packing: Packing, onRead: (read: number) => void) {
  try {
    return (await unpacked(file, packing, onRead)).getReader();
  } catch (cause) {
    throw reasonOf(cause, packing);
  }
}

async function readOf(reader: ReadableStreamDefaultReader<Uint8Array>, packing: Packing) {
  try {
    return await reader.read();
  } catch (cause) {
    throw reasonOf(cause, packing);
  }
}

function reasonOf(cause: unknown, packing: Packing): UnusableFile {
  if (cause instanceof UnusableFile) return cause;
  if (packing === 'none' || cause instanceof DOMException) return missingFile(cause);
  const parts = packing === 'gzip' ? 'cut off, damaged or made of several parts' : 'cut off or damaged';
  return new UnusableFile(
    `it is a ${packing === 'zip' ? 'ZIP' : packing} archive that is ${parts}. Unpack it and upload the file inside.`,
    { cause },
  );
}

async function headOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await contentOf(file.slice(0, HEAD_BYTES)));
}

async function contentOf(blob: Blob): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer();
  } catch (cause) {
    throw missingFile(cause);
  }
}

/** Folders, and files that were changed, moved or locked since they were chosen. */
function missingFile(cause: unknown): UnusableFile {
  const reason = 'it is a folder, or it was changed or moved after you chose it';
  return new UnusableFile(`${reason}. Choose the file again.`, { cause });
}

function tooLarge(): UnusableFile {
  const limit = `${DATASET_BYTES / 2 ** 30} GB`;
  return new UnusableFile(
    `it is larger than ${limit}. Split it, for example by day, or leave out text columns.`,
  );
}
