import './connection.css';
import { useEffect } from 'preact/hooks';
import { MissingPartError } from '../api/part';
import { announce } from '../ui/announcer';
import { Icon } from '../ui/Icon';
import { online } from './online';
import { session, startSession } from './session';

const OFFLINE = 'You are offline. What you write is kept, and sent when you are connected again.';

/** One line under the header while there is no connection, or while signing in has failed. */
export function ConnectionBanner() {
  const failed = session.value.state === 'failed' ? session.value.error : null;
  const needsReload = failed instanceof MissingPartError;
  const text = online.value ? (failed?.message ?? '') : OFFLINE;
  useEffect(() => {
    if (text) announce(text);
  }, [text]);
  if (!text) return null;
  return (
    <div class="connection notice warn">
      <Icon name={online.value ? 'alert' : 'offline'} />
      <p>{text}</p>
      {online.value && (
        <button
          type="button"
          class="button small"
          onClick={needsReload ? () => location.reload() : startSession}
        >
          {needsReload ? 'Reload' : 'Try again'}
        </button>
      )}
    </div>
  );
}
