// @vitest-environment node
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressed, isPlain, pieces } from './pieces';
import { UnusableFile } from './unusableFile';

const LINES = Array.from({ length: 20_000 }, (_, line) => `${line},gpt-4o,${line % 977}\n`).join('');

async function contentOf(
  file: Blob,
  limit: number,
): Promise<{ text: string; sizes: number[]; read: number }> {
  const parts: Uint8Array[] = [];
  let last = 0;
  for await (const { bytes, read } of pieces(file, limit)) {
    parts.push(bytes.slice()); // the buffer is used again
    last = read;
  }
  const text = Buffer.concat(parts).toString();
  return { text, sizes: parts.map((part) => part.byteLength), read: last };
}

test('a file comes back whole from its pieces, all full but the last', async () => {
  const { text, sizes, read } = await contentOf(new Blob([LINES]), 100_000);
  expect(text).toBe(LINES);
  expect(new Set(sizes.slice(0, -1))).toEqual(new Set([100_000]));
  expect(read).toBe(LINES.length);
});

test('a gzip file is unpacked on the way, and its progress is that of the file itself', async () => {
  const packed = new Blob([gzipSync(LINES)]);
  const { text, read } = await contentOf(packed, 65_536);
  expect(text).toBe(LINES);
  expect(read).toBe(packed.size);
});

test('a file is plain by its content, not by its name', async () => {
  expect(await isPlain(new Blob([gzipSync('a')]))).toBe(false);
  expect(await isPlain(new Blob([Buffer.from('timestamp,model', 'utf16le')]))).toBe(false);
  expect(await isPlain(new Blob(['timestamp,model']))).toBe(true);
  expect(await isPlain(new Blob([]))).toBe(true);
});

test('an empty file has no pieces', async () => {
  expect((await contentOf(new Blob([]), 100)).sizes).toEqual([]);
  expect((await contentOf(new Blob([gzipSync('')]), 100)).sizes).toEqual([]);
});

test('an archive that is cut off is refused, with what to do', async () => {
  const packed = gzipSync(LINES);
  const cut = new Blob([packed.subarray(0, packed.length / 2)]);
  const reading = contentOf(cut, 4_000_000);
  await expect(reading).rejects.toBeInstanceOf(UnusableFile);
  await expect(reading).rejects.toThrow(/cut off.*Unpack it/);
});

test('a compressed piece is gzip of the same bytes', async () => {
  const bytes = new TextEncoder().encode(LINES);
  expect(gunzipSync(await compressed(bytes)).toString()).toBe(LINES);
});
