import { toast } from './toasts';

/** What this browser refused to keep (its storage is full or closed): known as long as the page is open. */
const unkept = new Map<string, string>();
let warned = false;

/** What is kept under a key. */
export function readKept(key: string): string | null {
  return unkept.get(key) ?? stored(key);
}

/** Keeps a text in this browser. Never throws; that something will not outlive the page is said once. */
export function writeKept(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
    unkept.delete(key);
  } catch {
    unkept.set(key, text);
    if (!warned)
      toast('This browser cannot keep what you write here. Keep this page open until all is sent.');
    warned = true;
  }
}

/** Takes it away. */
export function removeKept(key: string): void {
  unkept.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // A storage that is closed holds nothing.
  }
}

/** All keys that begin like this. */
export function keptKeys(prefix: string): string[] {
  return [...new Set([...unkept.keys(), ...storedKeys()])].filter((key) => key.startsWith(prefix));
}

/** What is kept as JSON; null where nothing is, and for what was damaged. */
export function readKeptJson(key: string): unknown {
  try {
    return JSON.parse(readKept(key) ?? 'null');
  } catch {
    return null;
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function storedKeys(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
