import { Decompress } from 'fzstd';
import { type Bytes, refuseBomb } from './bomb';

/** Bytes that are unpacked at a time: a few of them can stand for very many. */
const STEP = 4096;

/** Unpacks zstd, all frames of it. */
export function unzstd(): TransformStream<Bytes, Bytes> {
  let read = 0;
  let made = 0;
  let send: (bytes: Bytes) => void = () => undefined;
  const unpacker = new Decompress((bytes) => {
    made += bytes.byteLength;
    refuseBomb(made, read);
    if (bytes.byteLength > 0) send(bytes.slice()); // the library uses its buffer again
  });
  return new TransformStream({
    transform(chunk, out) {
      send = (bytes) => out.enqueue(bytes);
      for (let place = 0; place < chunk.byteLength; place += STEP) {
        const step = chunk.subarray(place, place + STEP);
        read += step.byteLength;
        unpacker.push(step);
      }
    },
    flush(out) {
      send = (bytes) => out.enqueue(bytes);
      unpacker.push(new Uint8Array(), true);
    },
  });
}
