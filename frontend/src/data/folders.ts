import { toast } from '../ui/toasts';
import { type FolderFile, partsOf } from './bundle';
import { contentOf, filesBelow } from './folderFiles';
import { addParts } from './uploads';

const SHOWN = 3;

/** The folders in what is dropped; null without any. To be asked while the drop is handled, not later. */
export function foldersIn(data: DataTransfer | null): FileSystemEntry[] | null {
  const entries = [...(data?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null);
  const present = entries.filter((entry) => entry !== null);
  return present.some(({ isDirectory }) => isDirectory) ? present : null;
}

/** Uploads what is in dropped folders, and the files beside them. */
export async function addFolders(entries: readonly FileSystemEntry[]): Promise<void> {
  for (const entry of entries) {
    try {
      if (entry.isDirectory) addFolder(entry.name, await filesBelow(entry));
      else addParts([{ name: entry.name, content: await contentOf(entry) }]);
    } catch {
      toast(`${entry.name} could not be read. Pack it as a ZIP archive and drop that.`);
    }
  }
}

function addFolder(name: string, files: readonly FolderFile[]): void {
  const { parts, left } = partsOf(name, files);
  if (parts.length === 0) toast(`${name} holds no file that is CSV or JSON by its name.`);
  else if (left.length > 0)
    toast(`Left out, as they are neither CSV nor JSON by their names: ${inWords(left)}.`);
  addParts(parts);
}

function inWords(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}
