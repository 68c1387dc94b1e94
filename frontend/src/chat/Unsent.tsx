import { uploads } from '../data/uploads';
import { online } from '../session/online';
import { Icon } from '../ui/Icon';
import { SupportId } from '../ui/SupportId';
import { tryNow } from './deliver';
import { type Entry, type Failure, isBlocked, isUnderWay } from './entry';
import { resend, retry, stopEntry, takeBack } from './outbox';
import { entries } from './outboxStore';
import { stopped } from './stop';

const TROUBLE: Partial<Record<Failure['code'], string>> = {
  busy: 'Apex is busy with your other requests',
  offline: 'Not sent yet: the connection was lost',
};

interface Props {
  entry: Entry;
  onEdit: (text: string) => void;
}

/** Where a message is that the server has not taken yet, and what can be done with it. */
export function Unsent({ entry, onEdit }: Props) {
  const edit = () => onEdit(takeBack(entry.requestId));
  if (entry.state === 'sent') return null;
  if (entry.runId && stopped.value.has(entry.runId)) return <p class="turn-note">Stopped.</p>;
  if (entry.state === 'failed') return <RefusedMessage entry={entry} onEdit={edit} />;
  if (entry.state === 'held') {
    return (
      <div class="turn-ended">
        <p class="turn-note">Stopped before it was sent.</p>
        <button type="button" class="button small" onClick={() => retry(entry.requestId)}>
          Send
        </button>
        <button type="button" class="button small quiet" onClick={edit}>
          Edit
        </button>
      </div>
    );
  }
  const isTrying = entry.state !== 'waiting';
  return (
    <div class="turn-ended">
      <p class="turn-note">
        {isTrying && <span class="progress-pulse" />}
        {whereabouts(entry)}
      </p>
      {entry.failure && online.value && !isTrying && (
        <button type="button" class="button small" onClick={() => tryNow(entry.requestId)}>
          Try now
        </button>
      )}
      {isUnderWay(entry) && !isTrying && !entry.stop && (
        <button type="button" class="button small quiet" onClick={() => stopEntry(entry)}>
          Do not send
        </button>
      )}
    </div>
  );
}

function whereabouts(entry: Entry): string {
  if (entry.stop) return 'Stopping…';
  if (entry.state === 'reading' && uploads.value.length > 0) return 'Waits until your data are read';
  if (entry.state !== 'waiting') return 'Sending…';
  if (!online.value) return 'Not sent yet. It is sent as soon as you are connected again.';
  if (entry.failure)
    return `${TROUBLE[entry.failure.code] ?? 'Apex cannot be reached right now'}. Trying again by itself.`;
  return isBlocked(entry, entries.value) ? 'Waits for the message above' : 'Sending…';
}

function RefusedMessage({ entry, onEdit }: { entry: Entry; onEdit: () => void }) {
  const { failure, requestId } = entry;
  return (
    <section class="notice bad turn-failed" aria-label="This message was not sent">
      <Icon name="alert" />
      <div class="turn-failed-body">
        <p>{failure?.message}</p>
        <div class="turn-failed-actions">
          {failure?.retryable && (
            <button type="button" class="button small" onClick={() => retry(requestId)}>
              <Icon name="retry" />
              Send again
            </button>
          )}
          {failure?.code === 'thread_not_found' && (
            <button type="button" class="button small" onClick={() => resend(requestId)}>
              Ask in a new conversation
            </button>
          )}
          <button type="button" class="button small quiet" onClick={onEdit}>
            Edit
          </button>
          {failure?.supportId && <SupportId id={failure.supportId} />}
        </div>
      </div>
    </section>
  );
}
