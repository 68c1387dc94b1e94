// @vitest-environment node
import { expect, test } from 'vitest';
import { type FolderFile, partsOf } from './bundle';
import { problemOf } from './fileKind';
import { filesBelow } from './folderFiles';

const file = (path: string, text = '{}\n'): FolderFile => ({ path, content: new Blob([text]) });
const paths = (parts: readonly { name: string }[]) => parts.map(({ name }) => name);

test('the session logs of a folder are one upload, in the order of their paths, with the names of what is no log', async () => {
  const files = [
    file('b/2.jsonl', '{"b":2}\n'),
    file('notes.md'),
    file('a/1.jsonl', '{"ä":1}\n'),
    file('.DS_Store'),
  ];
  const { parts, left } = partsOf('sessions', files);
  expect([paths(parts), left]).toEqual([['sessions'], []]);
  expect(await parts[0]?.content.text()).toBe(
    '\x1c{"name":"a/1.jsonl","bytes":9}\n{"ä":1}\n' +
      '\x1c{"name":"b/2.jsonl","bytes":8}\n{"b":2}\n' +
      '\x1c{"name":"notes.md","bytes":0,"sent":false}\n',
  );
});

test('tables of a folder are uploads of their own, as their rows may overlap', () => {
  const files = [file('2.csv.gz'), file('1.csv'), file('s/a.jsonl'), file('s/b.jsonl')];
  expect(paths(partsOf('all', files).parts)).toEqual(['all', '1.csv', '2.csv.gz']);
});

test('a single log of a folder is uploaded as it is, and what is none is named', () => {
  const { parts, left } = partsOf('all', [file('a.json'), file('read.me'), file('empty.jsonl', '')]);
  expect([paths(parts), left]).toEqual([['a.json'], ['read.me']]);
});

test('a folder without logs becomes no upload', () => {
  expect(partsOf('pictures', [file('a.png')])).toEqual({ parts: [], left: ['a.png'] });
});

test('several files in one stream are left to the server to judge', async () => {
  const [bundle] = partsOf('all', [file('a.json', '\0'), file('b.json', '\0')]).parts;
  expect(problemOf(new Uint8Array((await bundle?.content.arrayBuffer()) ?? new ArrayBuffer()))).toBeNull();
});

/** A folder as browsers hand it out: its entries in several parts, the last of which is empty. */
function folder(name: string, entries: FileSystemEntry[]): FileSystemEntry {
  const parts = [...entries.map((entry) => [entry]), []];
  const readEntries = (done: (part: FileSystemEntry[]) => void) => done(parts.shift() ?? []);
  return { name, isDirectory: true, createReader: () => ({ readEntries }) } as unknown as FileSystemEntry;
}

function leaf(name: string): FileSystemEntry {
  const content = new File(['{}'], name);
  return {
    name,
    isDirectory: false,
    file: (done: (file: File) => void) => done(content),
  } as unknown as FileSystemEntry;
}

test('all files of a folder are listed, at any depth', async () => {
  const deep = folder('deep', [leaf('c.jsonl')]);
  const files = await filesBelow(folder('root', [leaf('a.jsonl'), leaf('b.jsonl'), folder('sub', [deep])]));
  expect(files.map(({ path }) => path)).toEqual(['a.jsonl', 'b.jsonl', 'sub/deep/c.jsonl']);
});
