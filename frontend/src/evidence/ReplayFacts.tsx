import { useEffect, useRef } from 'preact/hooks';
import type { EvaluationDocument, ReplayProgress } from '../contract/contract';
import { announce } from '../ui/announcer';
import { SupportId } from '../ui/SupportId';
import { pairInWords, progressInWords, verdictInWords, winRateInWords } from './summary';

/** A replay: how far it is, what it says at its end, or why it failed. */
export function ReplayFacts({ data, replay }: { data: EvaluationDocument; replay: ReplayProgress }) {
  const { name, status, feature, prompts, error } = data;
  const before = useRef(status);
  const verdict = verdictInWords(replay);
  useEffect(() => {
    if (status !== before.current) announce(`${name}: ${error?.message ?? verdict}`);
    before.current = status;
  }, [status]);
  return (
    <>
      <p>{pairInWords(replay, feature)}</p>
      {status === 'running' && (
        <>
          <progress
            class="progress-bar wide"
            max={prompts}
            value={replay.done}
            aria-label={`Replaying ${name}`}
          />
          <p>{progressInWords(replay, prompts)}</p>
        </>
      )}
      {status === 'ready' && (
        <>
          <p class="evidence-verdict">{verdict}</p>
          <p>{winRateInWords(replay, prompts)}</p>
        </>
      )}
      {status === 'failed' && error && (
        <div class="field-error">
          <p>{error.message}</p>
          <SupportId id={error.support_id} />
        </div>
      )}
    </>
  );
}
