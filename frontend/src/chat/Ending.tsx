import { useEffect, useState } from 'preact/hooks';
import type { ErrorDetails, RunDocument } from '../contract/contract';
import { loadFirestore } from '../firebase/firestore';
import { Icon } from '../ui/Icon';
import { SupportId } from '../ui/SupportId';
import type { Outcome } from './turns';

type Unanswered = Exclude<Outcome, { status: 'completed' }>;

interface Props {
  uid: string;
  runId: string;
  outcome: Unanswered;
  onAsk: () => void;
  onEdit: () => void;
}

/** A run that ended without an answer, and what to do about it. */
export function Ending({ uid, runId, outcome, onAsk, onEdit }: Props) {
  if (outcome.status === 'cancelled') {
    return (
      <div class="turn-ended">
        <p class="turn-note">Stopped.</p>
        <Again onAsk={onAsk} onEdit={onEdit} />
      </div>
    );
  }
  return <FailedRun uid={uid} runId={runId} outcome={outcome} onAsk={onAsk} onEdit={onEdit} />;
}

function FailedRun(props: Props & { outcome: Extract<Unanswered, { status: 'failed' }> }) {
  const { uid, runId, outcome, onAsk, onEdit } = props;
  const failure = useFailure(uid, runId, outcome.failure);
  return (
    <section class="notice bad turn-failed" aria-label="This question failed">
      <Icon name="alert" />
      <div class="turn-failed-body">
        <p>{outcome.text}</p>
        <div class="turn-failed-actions">
          <Again onAsk={onAsk} onEdit={onEdit} />
          {failure && <SupportId id={failure.support_id} />}
        </div>
      </div>
    </section>
  );
}

function Again({ onAsk, onEdit }: { onAsk: () => void; onEdit: () => void }) {
  return (
    <>
      <button type="button" class="button small" onClick={onAsk}>
        <Icon name="retry" />
        Ask again
      </button>
      <button type="button" class="button small quiet" onClick={onEdit}>
        Edit
      </button>
    </>
  );
}

/** The support id stands in the run's document when the last event is not at hand (a failure of an earlier visit). */
function useFailure(uid: string, runId: string, known: ErrorDetails | null): ErrorDetails | null {
  const [read, setRead] = useState<ErrorDetails | null>(null);
  const isKnown = known !== null;
  useEffect(() => {
    if (isKnown) return;
    let here = true;
    loadFirestore()
      .then((store) => store.read<RunDocument>(`users/${uid}/runs/${runId}`))
      .then(
        (run) => here && setRead(run?.error ?? null),
        () => {}, // the message stands without its support id
      );
    return () => {
      here = false;
    };
  }, [uid, runId, isKnown]);
  return known ?? read;
}
