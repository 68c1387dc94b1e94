import { formatBytes, formatCount } from '../lib/format';
import { Icon } from '../ui/Icon';
import { rowsInWords } from './rowCount';
import { cancelUpload, retryUpload, type Upload } from './uploads';

/** A file on its way: progress, or what went wrong and what to do. */
export function UploadRow({ upload }: { upload: Upload }) {
  const failed = upload.state === 'failed';
  const label = failed ? `Dismiss ${upload.name}` : `Cancel the upload of ${upload.name}`;
  return (
    <li class="data-row data-upload">
      <span class="data-name">{upload.name}</span>
      <span class={failed ? 'data-state bad' : 'data-state num'}>{uploadInWords(upload)}</span>
      {upload.state === 'sending' && (
        <progress
          class="progress-bar wide"
          max={upload.size || 1}
          value={upload.sent || undefined}
          aria-label={`Uploading ${upload.name}`}
        />
      )}
      {failed && upload.error?.retryable && (
        <button type="button" class="button small" onClick={() => retryUpload(upload.key)}>
          <Icon name="retry" />
          Try again
        </button>
      )}
      <button
        type="button"
        class="icon-button small data-remove"
        aria-label={label}
        onClick={() => cancelUpload(upload.key)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Where an upload is, in a line. */
export function uploadInWords({ state, trouble, sent, size, rows, rejects, error }: Upload): string {
  if (state === 'failed') return error?.message ?? '';
  if (state === 'needs_model') return 'Which model was used?';
  if (trouble) return 'The connection is interrupted. It goes on by itself.';
  if (state === 'reading') return 'Reading';
  if (state === 'sending' && sent === 0) return `Sending ${formatBytes(size)}`;
  const skipped = rejects ? `, ${formatCount(rejects)} skipped` : '';
  return `${formatBytes(sent)} of ${formatBytes(size)} · ${rowsInWords(rows)}${skipped}`;
}
