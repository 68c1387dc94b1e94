import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { readKept, writeKept } from './deviceStorage';

/** What the user chose; `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'apex.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
  const value = readKept(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

const chosen = signal<Theme>(stored());
const deviceIsDark = signal(dark.matches);
dark.addEventListener('change', () => {
  deviceIsDark.value = dark.matches;
});

/** The user's choice. */
export const theme: ReadonlySignal<Theme> = chosen;

/** Keep a choice on this device. */
export function setTheme(next: Theme): void {
  chosen.value = next;
  writeKept(KEY, next);
}

effect(() => {
  const isDark = chosen.value === 'dark' || (chosen.value === 'system' && deviceIsDark.value);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
});
