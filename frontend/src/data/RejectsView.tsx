import './rejects.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { formatCount } from '../lib/format';
import { copy } from '../ui/copy';
import { download } from '../ui/download';
import { Icon } from '../ui/Icon';
import type { Dataset } from './datasets';
import { type Reject, readRejects, rejectsAsCsv } from './rejects';
import { rowsInWords } from './rowCount';

const SHOWN = 200;

/** The rows of a dataset that were not counted, with line and reason. */
export function RejectsView({ dataset, onBack }: { dataset: Dataset; onBack: () => void }) {
  const [rejects, setRejects] = useState<readonly Reject[] | null>(null);
  const [problem, setProblem] = useState('');
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    back.current?.focus();
    readRejects(dataset.id).then(setRejects, (error: unknown) => setProblem(asApiError(error).message));
  }, [dataset.id]);
  return (
    <>
      <button type="button" class="button quiet small data-back" ref={back} onClick={onBack}>
        <Icon name="right" />
        All data
      </button>
      <p>
        {rowsInWords(dataset.rejects)} of {dataset.name} could not be counted. The other{' '}
        {formatCount(dataset.rows)} were.
      </p>
      {problem && <p class="field-error">{problem}</p>}
      {!rejects && !problem && <p class="data-hint">Reading them</p>}
      {rejects && <RejectsTable dataset={dataset} rejects={rejects} />}
    </>
  );
}

function RejectsTable({ dataset, rejects }: { dataset: Dataset; rejects: readonly Reject[] }) {
  const csv = rejectsAsCsv(rejects);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="data-rejects" tabIndex={0} aria-label="Skipped rows">
        <table>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {rejects.slice(0, SHOWN).map(({ line, reason }, place) => (
              <tr key={place}>
                <td class="num">{formatCount(line)}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="data-hint">{extentOf(dataset.rejects, rejects.length)}</p>
      <div class="data-actions">
        <button type="button" class="button" onClick={() => copy(csv, 'The list of skipped rows')}>
          <Icon name="copy" />
          Copy as CSV
        </button>
        <button type="button" class="button" onClick={() => download(csv, `${dataset.name}.skipped.csv`)}>
          <Icon name="down" />
          Download
        </button>
      </div>
    </>
  );
}

/** What of the skipped rows is on the screen, and what is known of the others. */
function extentOf(all: number, known: number): string {
  const shown = known > SHOWN ? `The first ${SHOWN} are shown; copy or download more. ` : '';
  if (known === all) return shown;
  const of = `${formatCount(known)} of ${formatCount(all)}`;
  return `${shown}The reasons of ${of} are kept: the first 100 in each part of the file.`;
}
