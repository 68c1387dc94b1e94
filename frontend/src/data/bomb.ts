import { UnusableFile } from './unusableFile';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes out for each byte in, as in the library: logs pack 5 to 50 times. */
export const MAX_RATIO = 250;
/** Bytes that may come out whatever the ratio: small files of equal rows pack well. */
export const FREE_BYTES = 64 * 1024 * 1024;

/** Throws when `made` bytes are too many for the `read` ones that they were packed in. */
export function refuseBomb(made: number, read: number): void {
  if (made <= FREE_BYTES || made <= MAX_RATIO * read) return;
  const reason = `it unpacks to more than ${MAX_RATIO} times its size, as no usage log does`;
  throw new UnusableFile(`${reason}. Unpack it and upload the CSV or JSON lines inside.`);
}
