import { Icon } from '../ui/Icon';
import { cancelUpload, retryUpload, uploads } from './uploads';

/** Files that could not be taken, over the conversation until they are dismissed. */
export function Notices() {
  const failed = uploads.value.filter(({ state }) => state === 'failed');
  return (
    <div class="data-notices" role="alert">
      {failed.map(({ key, name, error }) => (
        <div class="notice bad data-notice" key={key}>
          <Icon name="alert" />
          <div class="data-notice-text">
            <strong>{error?.retryable ? `The upload of ${name} stopped` : `${name} was not added`}</strong>
            <p>{error?.message}</p>
            {error?.supportId && <p class="data-hint">Support id {error.supportId}</p>}
            {error?.retryable && (
              <button type="button" class="button small" onClick={() => retryUpload(key)}>
                <Icon name="retry" />
                Try again
              </button>
            )}
          </div>
          <button
            type="button"
            class="icon-button small"
            aria-label={`Dismiss ${name}`}
            onClick={() => cancelUpload(key)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
