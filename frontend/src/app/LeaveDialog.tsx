import { Dialog } from '../ui/Dialog';
import { leaveNow, loss, stay } from './signOut';

/** Asks before signing out loses something. */
export function LeaveDialog() {
  if (loss.value === null) return null;
  return (
    <Dialog title="Sign out now?" onClose={stay}>
      <p>{loss.value}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={stay}>
          Stay signed in
        </button>
        <button type="button" class="button danger" onClick={() => void leaveNow()}>
          Sign out
        </button>
      </div>
    </Dialog>
  );
}
