import { type Bytes, refuseBomb } from './bomb';
import { utf16Of } from './fileKind';

export type Packing = 'none' | 'gzip' | 'zip' | 'zstd';

const HEAD_BYTES = 64;

const BEGINNINGS: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** What a file is packed in, by its first bytes: names lie. */
export function packingOf(head: Uint8Array): Packing {
  const match = BEGINNINGS.find(([, bytes]) => bytes.every((byte, place) => head[place] === byte));
  return match?.[0] ?? 'none';
}

/** The content of a file as UTF-8; `onRead` gets how much of the file itself was read so far. */
export async function unpacked(
  file: Blob,
  packing: Packing,
  onRead: (read: number) => void,
): Promise<ReadableStream<Bytes>> {
  let read = 0;
  const onProgress = (now: number) => {
    read = now;
    onRead(now);
  };
  const content = await contentOf(file, packing, onProgress);
  const bounded = packing === 'none' ? content : content.pipeThrough(bound(() => read));
  return bounded.pipeThrough(asUtf8());
}

/** What unpacks zip and zstd is loaded when such a file comes. */
async function contentOf(
  file: Blob,
  packing: Packing,
  onRead: (read: number) => void,
): Promise<ReadableStream<Bytes>> {
  if (packing === 'zip') return (await import('./zip')).unzipped(file, onRead);
  const counted = file.stream().pipeThrough(counter(onRead));
  if (packing === 'gzip') return counted.pipeThrough(new DecompressionStream('gzip'));
  return packing === 'zstd' ? counted.pipeThrough((await import('./zstd')).unzstd()) : counted;
}

function counter(onRead: (read: number) => void): TransformStream<Bytes, Bytes> {
  let read = 0;
  return new TransformStream({
    transform(chunk, out) {
      read += chunk.byteLength;
      onRead(read);
      out.enqueue(chunk);
    },
  });
}

/** Ends what unpacks to far more than a log would. */
function bound(read: () => number): TransformStream<Bytes, Bytes> {
  let made = 0;
  return new TransformStream({
    transform(chunk, out) {
      made += chunk.byteLength;
      refuseBomb(made, read());
      out.enqueue(chunk);
    },
  });
}

/** UTF-16 becomes UTF-8; all other content passes as it is. */
function asUtf8(): TransformStream<Bytes, Bytes> {
  let head: Bytes | null = new Uint8Array();
  let decoder: TextDecoder | null = null;
  const encoder = new TextEncoder();
  const send = (chunk: Bytes, out: TransformStreamDefaultController<Bytes>, last = false) => {
    const bytes = decoder ? encoder.encode(decoder.decode(chunk, { stream: !last })) : chunk;
    if (bytes.byteLength > 0) out.enqueue(bytes);
  };
  const begin = (seen: Bytes) => {
    const encoding = utf16Of(seen);
    decoder = encoding ? new TextDecoder(encoding) : null;
    head = null;
  };
  return new TransformStream({
    transform(chunk, out) {
      if (head === null) return send(chunk, out);
      head = joined(head, chunk);
      if (head.byteLength < HEAD_BYTES) return;
      const seen = head;
      begin(seen);
      send(seen, out);
    },
    flush(out) {
      const seen = head ?? new Uint8Array();
      if (head !== null) begin(seen);
      send(seen, out, true);
    },
  });
}

function joined(first: Bytes, second: Bytes): Bytes {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}
