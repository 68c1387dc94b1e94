import { signal } from '@preact/signals';

/** Whether the user's data are shown. */
export const dataOpened = signal(false);

/** Shows the user's data. */
export function openData(): void {
  dataOpened.value = true;
}

/** Closes them. */
export function closeData(): void {
  dataOpened.value = false;
}
