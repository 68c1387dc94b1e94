import './decisions.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { toast } from '../ui/toasts';
import { CHOICES, type Choice, DONE, lifeInWords } from './life';
import { decide, type Item, useRecommendation } from './recommendations';

/** Where a recommendation of an answer is in its life, and what to decide next; nothing where it has none. */
export function DecisionsOf({ id }: { id: string }) {
  const item = useRecommendation(id);
  return item && <Decisions item={item} />;
}

/** The same for one that is at hand. When what had the focus leaves with a decision, its outcome has it. */
export function Decisions({ item }: { item: Item }) {
  const { status, proposal } = item.data;
  const [asked, setAsked] = useState<Choice | null>(null);
  const [busy, setBusy] = useState(false);
  const outcome = useRef<HTMLParagraphElement>(null);
  const before = useRef(status);
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body;
    if (before.current !== status && isLost) outcome.current?.focus();
    before.current = status;
  }, [status]);
  const take = async (choice: Choice) => {
    if (busy) return;
    setBusy(true);
    try {
      await decide(item.id, choice.decision);
      setAsked(null);
      toast(`“${proposal.title}” ${DONE[choice.decision]}.`);
    } catch (error) {
      toast(`“${proposal.title}” stays as it is. ${asApiError(error).message}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="decisions">
      <p class="decisions-life num" ref={outcome} tabIndex={-1}>
        {lifeInWords(item.data)}
      </p>
      {asked?.question ? (
        <Question
          {...asked.question}
          busy={busy}
          onYes={() => void take(asked)}
          onNo={() => {
            setAsked(null);
            requestAnimationFrame(() => outcome.current?.focus());
          }}
        />
      ) : (
        CHOICES[status].length > 0 && (
          <div class="decisions-choices">
            {CHOICES[status].map((choice, place) => (
              <button
                key={choice.label}
                type="button"
                class={place === 0 && choice.decision !== 'reject' ? 'button small' : 'button small quiet'}
                aria-label={`${choice.label}: ${proposal.title}`}
                aria-disabled={busy}
                onClick={() => (choice.question ? setAsked(choice) : void take(choice))}
              >
                {choice.label}
              </button>
            ))}
          </div>
        )
      )}
    </div>
  );
}

interface QuestionProps {
  text: string;
  yes: string;
  no: string;
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** Asks once more before what cannot be undone; the way back has the focus. */
export function Question({ text, yes, no: noLabel, busy, onYes, onNo }: QuestionProps) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus(), []);
  return (
    <div class="decisions-question">
      <p>{text}</p>
      <div class="decisions-choices">
        <button type="button" class="button small" ref={no} onClick={onNo}>
          {noLabel}
        </button>
        <button type="button" class="button small danger" aria-disabled={busy} onClick={onYes}>
          {yes}
        </button>
      </div>
    </div>
  );
}
