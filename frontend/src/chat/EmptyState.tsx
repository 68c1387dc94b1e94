import './empty.css';
import { activeIds } from '../data/datasets';
import { StarterData } from '../data/StarterData';
import { Link } from '../nav/Link';
import { threadPath } from '../nav/routes';
import { Icon } from '../ui/Icon';
import type { Entry } from './entry';

const QUESTIONS = [
  'Where does my money go?',
  'How do I cut this bill by 30 %?',
  'What do failed requests cost me?',
  'How do I save 20 % with 30 % growth?',
] as const;

/** The first thing a visitor sees: what Apex does, data, and a first question. */
export function EmptyState({
  stranded,
  onAsk,
}: {
  stranded: readonly Entry[];
  onAsk: (text: string) => void;
}) {
  return (
    <div class="empty">
      <div class="empty-column">
        <h2 class="empty-title">See where your AI budget goes, and what you can save</h2>
        <p class="empty-lead">
          Bring a usage log and ask in plain language. Every figure comes from your own data and can be
          opened.
        </p>
        <StarterData />
        <h3 class="empty-subtitle">
          {activeIds.value.length > 0 ? 'Ask, for example' : 'Then ask, for example'}
        </h3>
        <ul class="empty-questions">
          {QUESTIONS.map((question) => (
            <li key={question}>
              <button type="button" class="empty-question" onClick={() => onAsk(question)}>
                <span>{question}</span>
                <Icon name="right" />
              </button>
            </li>
          ))}
        </ul>
        {stranded.length > 0 && <Stranded entries={stranded} />}
      </div>
    </div>
  );
}

function Stranded({ entries }: { entries: readonly Entry[] }) {
  return (
    <section class="empty-stranded" aria-label="Not sent yet">
      <h3 class="empty-subtitle">Not sent yet</h3>
      <ul>
        {entries.map((entry) => (
          <li key={entry.requestId}>
            <Link href={threadPath(entry.threadId ?? '')} class="empty-unsent">
              {entry.text}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
