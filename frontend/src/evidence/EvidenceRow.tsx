import { useRef, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { Question } from '../recommendations/Decisions';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { type Evaluation, removeEvaluation } from './evaluations';
import { ReplayFacts } from './ReplayFacts';
import { deletionInWords, scoresInWords } from './summary';

/** An evaluation: what it says, and the way to delete it. */
export function EvidenceRow({ item, onRemoved }: { item: Evaluation; onRemoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const trash = useRef<HTMLButtonElement>(null);
  const { name, scores, replay } = item.data;
  const keep = () => {
    setAsking(false);
    requestAnimationFrame(() => trash.current?.focus());
  };
  return (
    <li class="savings-row evidence-row card">
      <h3>{name}</h3>
      <div class="evidence-facts num">
        {replay ? (
          <ReplayFacts data={item.data} replay={replay} />
        ) : scores ? (
          scoresInWords(scores).map((line) => <p key={line}>{line}</p>)
        ) : (
          <p role="status">Reading what it says…</p>
        )}
      </div>
      {asking ? (
        <Removal item={item} onRemoved={onRemoved} onKeep={keep} />
      ) : (
        <button
          type="button"
          ref={trash}
          class="icon-button small evidence-remove"
          aria-label={`Delete ${name}`}
          onClick={() => setAsking(true)}
        >
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}

function Removal(props: { item: Evaluation; onRemoved: () => void; onKeep: () => void }) {
  const { item, onRemoved, onKeep } = props;
  const [busy, setBusy] = useState(false);
  const { name } = item.data;
  const go = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await removeEvaluation(item.id);
      toast(`“${name}” is deleted.`);
      onRemoved(); // what had the focus has left
    } catch (error) {
      setBusy(false);
      toast(`“${name}” was not deleted. ${asApiError(error).message}`);
    }
  };
  return (
    <Question
      text={deletionInWords(item.data)}
      yes={busy ? 'Deleting…' : 'Delete'}
      no="Keep it"
      busy={busy}
      onYes={() => void go()}
      onNo={onKeep}
    />
  );
}
