import './data.css';
import './starter.css';
import { formatCount } from '../lib/format';
import { Icon } from '../ui/Icon';
import { openData } from './dataOpen';
import { activeIds, datasets } from './datasets';
import { chooseFiles } from './fileChooser';
import { rowsInWords } from './rowCount';
import { uploadInWords } from './UploadRow';
import { addSample, uploads } from './uploads';

/** The way in: a file or the sample; once there are data, what the first question will be about. */
export function StarterData() {
  const moving = uploads.value.find(({ state }) => state === 'reading' || state === 'sending');
  const active = datasets.value.filter(({ id }) => activeIds.value.includes(id));
  if (moving) {
    return (
      <div class="starter-data card" aria-busy="true">
        <p class="starter-title">{moving.name}</p>
        <progress
          class="progress-bar wide"
          max={moving.size || 1}
          value={moving.sent || undefined}
          aria-label="Uploading"
        />
        <p class="data-hint num">{uploadInWords(moving)}</p>
      </div>
    );
  }
  const [first] = active;
  if (first) {
    const rows = active.reduce((sum, each) => sum + each.rows, 0);
    const rejects = active.reduce((sum, each) => sum + each.rejects, 0);
    return (
      <div class="starter-data card ready">
        <div class="starter-title">
          <Icon name="check" />
          <p>
            {active.length === 1 ? first.name : `${active.length} files`}
            <span class="starter-rows num">
              {rowsInWords(rows)}
              {rejects > 0 && `, ${formatCount(rejects)} skipped`}
            </span>
          </p>
        </div>
        <div class="data-actions">
          <button type="button" class="button small" onClick={chooseFiles}>
            Add another file
          </button>
          <button type="button" class="button quiet small" onClick={openData}>
            Your data
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="starter-data card">
      <p class="starter-title">Start with your usage log</p>
      <p class="data-hint">
        CSV or JSON lines, one request a row, also as .gz, .zst or .zip.{' '}
        <span class="starter-drop">Drop it anywhere on this page, or choose it.</span>
      </p>
      <div class="data-actions">
        <button type="button" class="button primary" onClick={chooseFiles}>
          <Icon name="upload" />
          Choose a file
        </button>
        <button type="button" class="button" onClick={addSample}>
          Try it with sample data
        </button>
      </div>
    </div>
  );
}
