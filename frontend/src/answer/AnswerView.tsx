import './plain.css';
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../contract/contract';

interface Props {
  answer: Answer;
  runId: string;
  question: string;
}

type Code = typeof import('./AnswerBody');

let code: Code | null = null;

/** Fetches the code that draws answers, so that it is there when the first one comes. */
export async function fetchAnswerCode(): Promise<void> {
  code ??= await import('./AnswerBody');
}

/** An answer: its words at once, and all that belongs to it as soon as the code for it is there. */
export function AnswerView(props: Props) {
  const [state, setState] = useState<'fetching' | 'fetched' | 'failed'>(code ? 'fetched' : 'fetching');
  useEffect(() => {
    if (state === 'fetched') return;
    const fetching = () =>
      fetchAnswerCode().then(
        () => setState('fetched'),
        () => setState('failed'),
      );
    if (state === 'fetching') void fetching();
    addEventListener('online', fetching);
    return () => removeEventListener('online', fetching);
  }, [state]);
  if (code) return <code.AnswerBody {...props} />;
  return (
    <>
      <p class="answer-plain">{props.answer.text}</p>
      {state === 'failed' && (
        <div class="notice" role="status">
          <p>The tables and sources of this answer could not be loaded.</p>
          <button type="button" class="button small" onClick={() => location.reload()}>
            Reload the page
          </button>
        </div>
      )}
    </>
  );
}
