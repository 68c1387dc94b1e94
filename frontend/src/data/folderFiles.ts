import type { FolderFile } from './bundle';

/** All files below a folder, at any depth. */
export async function filesBelow(folder: FileSystemEntry, path = ''): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  for (const entry of await entriesOf(folder)) {
    const below = path ? `${path}/${entry.name}` : entry.name;
    if (entry.isDirectory) files.push(...(await filesBelow(entry, below)));
    else files.push({ path: below, content: await contentOf(entry) });
  }
  return files;
}

/** Browsers give the entries of a folder in several parts, the last of which is empty. */
async function entriesOf(folder: FileSystemEntry): Promise<FileSystemEntry[]> {
  const reader = (folder as FileSystemDirectoryEntry).createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (part.length === 0) return entries;
    entries.push(...part);
  }
}

/** The content of a file. */
export function contentOf(entry: FileSystemEntry): Promise<Blob> {
  return new Promise<Blob>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
}
