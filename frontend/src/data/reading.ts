import { DATASET_BYTES } from '../contract/contract';

/** Plain bytes of one chunk: even if they do not compress, the chunk stays below the server's limit. */
export const PIECE_BYTES = 4 * 1024 * 1024;

/** The next part of a file's content. `bytes` is valid until the next piece is asked for; `read` counts the file itself. */
export interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  read: number;
}

/** A file that cannot be taken; the message is for the customer. */
export class UnusableFile extends Error {}

/** True for a gzip file, by its first bytes: names lie. */
export async function isPacked(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await contentOf(file.slice(0, 2)));
  return first === 0x1f && second === 0x8b;
}

/**
 * The content of a file in pieces of up to `limit` bytes, a gzip file unpacked on the way. One buffer serves all pieces,
 * so memory does not grow with the file.
 */
export async function* pieces(file: Blob, limit = PIECE_BYTES): AsyncGenerator<Piece> {
  const packed = await isPacked(file);
  if (!packed && file.size > DATASET_BYTES) throw tooLarge();
  let length = 0;
  let read = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, out) {
        read += chunk.byteLength;
        out.enqueue(chunk);
      },
    }),
  );
  const plain = packed ? counted.pipeThrough(new DecompressionStream('gzip')) : counted;
  const reader = plain.getReader();
  const buffer = new Uint8Array(limit);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await readOf(reader, packed);
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

async function readOf(reader: ReadableStreamDefaultReader<Uint8Array>, packed: boolean) {
  try {
    return await reader.read();
  } catch (cause) {
    if (!packed || cause instanceof DOMException) throw goneFrom(cause);
    const reason = 'it is a gzip archive that is cut off, damaged or made of several parts';
    throw new UnusableFile(`${reason}. Unpack it and upload the file inside.`, { cause });
  }
}

async function contentOf(blob: Blob): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer();
  } catch (cause) {
    throw goneFrom(cause);
  }
}

/** Folders, and files that were changed, moved or locked since they were chosen. */
function goneFrom(cause: unknown): UnusableFile {
  const reason = 'it is a folder, or it was changed or moved after you chose it';
  return new UnusableFile(`${reason}. Choose the file again.`, { cause });
}

function tooLarge(): UnusableFile {
  const limit = `${DATASET_BYTES / 2 ** 30} GB`;
  return new UnusableFile(
    `it is larger than ${limit}. Split it, for example by day, or leave out columns with texts.`,
  );
}
