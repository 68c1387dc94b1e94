import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, asApiError } from '../api/errors';
import { EVALUATION_SAMPLE_LIMIT } from '../contract/contract';
import { formatCount } from '../lib/format';
import { Choices } from '../ui/Choices';
import { SupportId } from '../ui/SupportId';
import { EvidenceFields } from './EvidenceFields';
import { changed, type EvidenceInput, nothingEntered, problemIn, submitEvaluation } from './submit';

const KINDS = [
  {
    value: 'scores',
    name: 'Scores of prompts',
    text: 'CSV or JSON lines: a column per model, named like the model, with true or false, or a score. Texts are not kept.',
  },
  {
    value: 'replay',
    name: 'A sample to replay',
    text: `JSON lines with request and answer, at most ${formatCount(EVALUATION_SAMPLE_LIMIT)}. The candidate answers them again, a model judges both blind, and the sample is deleted. Each request counts as one question.`,
  },
] as const;

interface Props {
  uid: string;
  isGuest: boolean;
  onAdded: (name: string) => void;
  onSignIn: () => void;
  onCancel: () => void;
}

/** Which kind of evidence, and the file with it; a guest learns what needs an account. */
export function EvidenceForm({ uid, isGuest, onAdded, onSignIn, onCancel }: Props) {
  const { entered, change, problem, busy, send } = useSubmission(uid, onAdded);
  const needsAccount = isGuest && entered.kind === 'replay';
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (needsAccount) onSignIn();
    else void send();
  };
  return (
    <form class="evidence-form" noValidate onSubmit={submit}>
      <Choices
        legend="What you have"
        options={KINDS}
        chosen={entered.kind}
        onChoose={(kind) => change({ kind, file: null })}
      />
      {needsAccount ? (
        <p>A replay belongs to an account, as its model calls cost money. Sign in first.</p>
      ) : (
        <EvidenceFields key={entered.kind} entered={entered} change={change} />
      )}
      <Problem problem={problem} />
      <div class="dialog-actions">
        <button type="button" class="button quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary" aria-disabled={busy}>
          {needsAccount ? 'Sign in' : busy ? 'Sending…' : 'Add it'}
        </button>
      </div>
    </form>
  );
}

type FormProblem = Pick<ApiError, 'message' | 'supportId'>;

function Problem({ problem }: { problem: FormProblem | null }) {
  return (
    <div class="field-error" role="alert">
      {problem && <p>{problem.message}</p>}
      {problem?.supportId && <SupportId id={problem.supportId} />}
    </div>
  );
}

/** What is entered, and sending it; closing the form gives it up. */
function useSubmission(uid: string, onAdded: (name: string) => void) {
  const [entered, setEntered] = useState<EvidenceInput>(nothingEntered);
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const left = useRef(new AbortController()).current;
  useEffect(() => () => left.abort(), []);
  const change = (what: Partial<EvidenceInput>) => {
    setEntered((now) => changed(now, what));
    setProblem(null);
  };
  const send = async () => {
    if (busy) return;
    const missing = problemIn(entered);
    setProblem(missing ? { message: missing, supportId: null } : null);
    if (missing) return;
    setBusy(true);
    try {
      await submitEvaluation(uid, entered, left.signal);
      onAdded(entered.file?.name ?? '');
    } catch (error) {
      if (left.signal.aborted) return;
      setProblem(asApiError(error));
      setBusy(false);
    }
  };
  return { entered, change, problem, busy, send };
}
