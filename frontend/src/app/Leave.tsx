import { lazy } from '../ui/lazy';
import { loss, stay } from './signOut';

const dialog = lazy(async () => (await import('./LeaveDialog')).LeaveDialog);

/** The question before signing out, while it is asked. */
export function Leave() {
  return loss.value === null ? null : <dialog.Part onMissing={stay} />;
}
