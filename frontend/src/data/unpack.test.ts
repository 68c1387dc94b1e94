// @vitest-environment node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { pieces } from './pieces';
import { UnusableFile } from './unusableFile';

const LINES = Array.from({ length: 300 }, (_, n) => `2026-11-01T10:00:00Z,gpt-4o,${n}\n`).join('');
const LOG = `timestamp,model,prompt_tokens\n${LINES}`;

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))));
}

async function read(content: BlobPart, limit = 1_000): Promise<{ text: string; read: number }> {
  const parts: Uint8Array[] = [];
  let last = 0;
  for await (const piece of pieces(new Blob([content]), limit)) {
    parts.push(piece.bytes.slice());
    last = piece.read;
  }
  return { text: Buffer.concat(parts).toString(), read: last };
}

/** Flips a byte in the middle, where the data is. */
function damaged(bytes: Uint8Array<ArrayBuffer>, place = Math.floor(bytes.length / 2)) {
  const broken = bytes.slice();
  broken[place] = (broken[place] ?? 0) ^ 0xff;
  return broken;
}

test.each(['log.zip', 'streamed.zip', 'log.csv.zst'])('%s is unpacked, and read to its end', async (name) => {
  const packed = fixture(name);
  expect(await read(packed)).toEqual({ text: LOG, read: packed.byteLength });
});

test('session logs of a ZIP archive come in one stream, as the server reads it, and other files by name only', async () => {
  const packed = fixture('sessions.zip');
  const { text, read: size } = await read(packed);
  expect(text).toBe(Buffer.from(fixture('sessions.bundle')).toString());
  expect(size).toBeLessThanOrEqual(packed.byteLength);
});

describe('UTF-16 becomes UTF-8', () => {
  const text = `${LOG}2026-11-01,käse 😀,1\n`;
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  const mark = Buffer.from([0xff, 0xfe]);
  test.each([
    ['little-endian', little],
    ['big-endian', big],
    ['little-endian with its mark', Buffer.concat([mark, little])],
    ['big-endian with its mark', Buffer.concat([Buffer.from(mark).swap16(), big])],
    ['packed', gzipSync(Buffer.concat([mark, little]))],
  ])('%s', async (_, bytes) => {
    expect((await read(new Uint8Array(bytes), 77)).text).toBe(text);
  });
});

test.each([
  ['several.zip', /several files \(day1\.csv, day2\.csv, day3\.csv and 2 more\).*choose them all at once/],
  ['book.xlsx', /Office document.*CSV/],
  ['rare.zip', /rare way.*Unpack/],
  ['empty.zip', /no file in it/],
  ['bomb.zst', /more than 250 times its size.*Unpack/],
])('%s is refused, with what to do', async (name, words) => {
  const reading = read(fixture(name));
  await expect(reading).rejects.toBeInstanceOf(UnusableFile);
  await expect(reading).rejects.toThrow(words);
});

test('a gzip bomb is met by its ratio', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  await expect(read(bomb, 4_000_000)).rejects.toThrow(/more than 250 times its size/);
});

test('a ZIP bomb is met by its ratio', async () => {
  await expect(read(fixture('bomb.zip'), 4_000_000)).rejects.toThrow(/more than 250 times its size/);
});

test('a ZIP archive with a password says so', async () => {
  const locked = fixture('streamed.zip');
  const contents = Buffer.from(locked).indexOf('PK\x01\x02');
  locked[6] = (locked[6] ?? 0) | 1;
  locked[contents + 8] = (locked[contents + 8] ?? 0) | 1;
  await expect(read(locked)).rejects.toThrow(/password/);
});

describe.each(['log.zip', 'streamed.zip', 'log.csv.zst'])('%s', (name) => {
  test('that is cut off is refused', async () => {
    const packed = fixture(name);
    const reading = read(packed.slice(0, packed.length * 0.6));
    await expect(reading).rejects.toBeInstanceOf(UnusableFile);
    await expect(reading).rejects.toThrow(/archive that is cut off or damaged/);
  });
});

test.each(['log.zip', 'streamed.zip'])('%s that is damaged is refused', async (name) => {
  await expect(read(damaged(fixture(name), 300))).rejects.toThrow(/archive that is cut off or damaged/);
});

test('a ZIP archive with a wrong checksum is refused', async () => {
  const packed = fixture('streamed.zip');
  const contents = Buffer.from(packed).indexOf('PK\x01\x02');
  await expect(read(damaged(damaged(packed, contents + 16), contents - 12))).rejects.toThrow(/damaged/);
});

test('a ZIP archive whose file is not where its table of contents says is refused', async () => {
  const packed = fixture('log.zip');
  const header = Buffer.from(packed).indexOf('data/log.csv') - 30;
  await expect(read(damaged(packed, header))).rejects.toThrow(/damaged/);
});
