import { lazy } from '../ui/lazy';
import { closeKeys, keysOpened } from './keysOpen';

const dialog = lazy(async () => (await import('./KeysDialog')).KeysDialog);

/** The account's API keys, where they are open. */
export function Keys() {
  return keysOpened.value ? <dialog.Part onMissing={closeKeys} /> : null;
}
