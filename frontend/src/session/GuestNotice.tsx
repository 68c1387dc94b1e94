import './connection.css';
import { Icon } from '../ui/Icon';
import { SupportId } from '../ui/SupportId';
import { dismissLostGuest, lostGuest } from './merge';
import { session } from './session';

/** Under the header until it is dismissed: a guest's work did not come along, for good. */
export function GuestNotice() {
  const lost = lostGuest.value;
  const now = session.value;
  if (!lost || now.state !== 'ready' || now.user.uid !== lost.account) return null;
  const { message, supportId } = lost.error;
  return (
    <div class="connection notice bad" role="alert">
      <Icon name="alert" />
      <p>{message}</p>
      {supportId && <SupportId id={supportId} />}
      <button type="button" class="icon-button small" aria-label="Dismiss" onClick={dismissLostGuest}>
        <Icon name="close" />
      </button>
    </div>
  );
}
