import { go } from '../nav/routes';
import { lazy } from '../ui/lazy';

const view = lazy(async () => (await import('./SavingsView')).SavingsView);

/** What was found, accepted and really saved; in the place of a conversation. */
export function Savings() {
  return <view.Part onMissing={() => go('/')} />;
}
