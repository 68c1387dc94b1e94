import './turn.css';
import { useMemo } from 'preact/hooks';
import { AnswerView } from '../answer/AnswerView';
import { type Acts, AnswerActs } from '../answer/acts';
import { Icon } from '../ui/Icon';
import { Ending } from './Ending';
import { runFeed } from './runFeed';
import { beginningOf, type Outcome, outcomeOf, type Turn } from './turns';
import { Unsent } from './Unsent';
import { Work } from './Work';

interface Actions {
  /** Ask the same question again. */
  onAsk: (text: string) => void;
  /** Put the question into the message box. */
  onEdit: (text: string) => void;
}

interface Props extends Actions {
  turn: Turn;
  uid: string | null;
  isLast: boolean;
  /** What can be done with its reading: only where it has the last answer. */
  acts: Acts | null;
  /** An earlier question of the thread is still being answered. */
  waits: boolean;
}

/** A question, the work on it, and what came of it. */
export function TurnView({ turn, uid, isLast, acts, waits, onAsk, onEdit }: Props) {
  const feed = uid && turn.runId ? runFeed(uid, turn.runId) : null;
  const outcome = outcomeOf(turn.answer, feed?.final.value ?? null);
  return (
    <article class="turn" data-run={turn.runId} aria-label={beginningOf(turn.question)}>
      <Question turn={turn} canEdit={isLast && outcome !== null} onEdit={onEdit} />
      <div class="turn-reply">
        <h2 class="visually-hidden">Apex</h2>
        {turn.entry && <Unsent entry={turn.entry} onEdit={onEdit} />}
        {feed && <Work feed={feed} turn={turn} outcome={outcome} waits={waits} />}
        {outcome && turn.runId && uid && (
          <AnswerActs.Provider value={acts}>
            <Reply turn={turn} uid={uid} runId={turn.runId} outcome={outcome} onAsk={onAsk} onEdit={onEdit} />
          </AnswerActs.Provider>
        )}
      </div>
    </article>
  );
}

function Question({ turn, canEdit, onEdit }: { turn: Turn; canEdit: boolean; onEdit: Actions['onEdit'] }) {
  const asked = new Date(turn.askedAt);
  const full = asked.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' });
  return (
    <div class="question">
      <h2 class="visually-hidden">You</h2>
      <div class="question-foot">
        <time dateTime={asked.toISOString()} title={full}>
          {shortTime(asked)}
        </time>
        {canEdit && (
          <button
            type="button"
            class="icon-button small"
            aria-label="Edit the question"
            title="Edit and ask again"
            onClick={() => onEdit(turn.question)}
          >
            <Icon name="pencil" />
          </button>
        )}
      </div>
      <p class="question-text">{turn.question}</p>
    </div>
  );
}

function Reply(props: { turn: Turn; uid: string; runId: string; outcome: Outcome } & Actions) {
  const { turn, uid, runId, outcome, onAsk, onEdit } = props;
  const answer = outcome.status === 'completed' ? outcome.answer : null;
  const shown = useMemo(
    () => answer && <AnswerView answer={answer} runId={runId} question={turn.question} />,
    [answer, runId, turn.question],
  );
  if (outcome.status === 'completed') return shown;
  return (
    <Ending
      uid={uid}
      runId={runId}
      outcome={outcome}
      onAsk={() => onAsk(turn.question)}
      onEdit={() => onEdit(turn.question)}
    />
  );
}

function shortTime(date: Date): string {
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(
    undefined,
    today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  );
}
