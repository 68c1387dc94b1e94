import { signal } from '@preact/signals';

/** Whether the account's API keys are shown. */
export const keysOpened = signal(false);

/** Shows the API keys. */
export function openKeys(): void {
  keysOpened.value = true;
}

/** Closes them. */
export function closeKeys(): void {
  keysOpened.value = false;
}
