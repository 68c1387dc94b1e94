import { type ReadonlySignal, signal } from '@preact/signals';

const connected = signal(navigator.onLine);
addEventListener('online', () => {
  connected.value = true;
});
addEventListener('offline', () => {
  connected.value = false;
});

/** Whether the device has a network at all. */
export const online: ReadonlySignal<boolean> = connected;
