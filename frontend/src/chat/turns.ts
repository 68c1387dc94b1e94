import type {
  Answer,
  AnswerMessage,
  ClosingMessage,
  ErrorDetails,
  Event,
  Message,
  QuestionMessage,
} from '../contract/contract';
import type { Entry } from './entry';

/** The server's last word on a question. */
export type Reply = AnswerMessage | ClosingMessage;

/** A question with what became of it. `answer` null: not answered yet, as far as the thread's documents tell. */
export interface Turn {
  key: string;
  runId: string | null;
  requestId: string | null;
  question: string;
  askedAt: number;
  answer: Reply | null;
  /** Its message as long as this page cares for it. */
  entry: Entry | null;
}

/** The turns of a thread, oldest first: what the server has, then what is on its way. */
export function turnsOf(messages: readonly Message[], entries: readonly Entry[]): readonly Turn[] {
  const answers = new Map<string, Reply>();
  const questions = new Map<string, QuestionMessage>();
  for (const message of messages) {
    if (message.role === 'assistant') answers.set(message.run_id, message);
    else questions.set(message.run_id, message);
  }
  const asked = [...questions.values()].sort((a, b) => a.created_at.toMillis() - b.created_at.toMillis());
  const stored = asked.map((message): Turn => {
    const entry = entries.find((each) => each.runId === message.run_id) ?? null;
    return {
      key: message.run_id,
      runId: message.run_id,
      requestId: entry?.requestId ?? null,
      question: message.text,
      askedAt: message.created_at.toMillis(),
      answer: answers.get(message.run_id) ?? null,
      entry: null,
    };
  });
  const underWay = entries.filter((entry) => !entry.runId || !questions.has(entry.runId)).map(turnOfEntry);
  return [...stored, ...underWay];
}

function turnOfEntry(entry: Entry): Turn {
  return {
    key: entry.runId ?? entry.requestId,
    runId: entry.runId,
    requestId: entry.requestId,
    question: entry.text,
    askedAt: entry.at,
    answer: null,
    entry,
  };
}

/** How a run ended; `failure` null when only its message is known yet. */
export type Outcome =
  | { status: 'completed'; answer: Answer }
  | { status: 'failed'; text: string; failure: ErrorDetails | null }
  | { status: 'cancelled' };

/** How a turn ended, by its last event or by the answer's document, whichever came first; null: not yet. */
export function outcomeOf(answer: Reply | null, final: Event | null): Outcome | null {
  if (answer?.status === 'completed') return { status: 'completed', answer };
  if (final?.type === 'agent_completed' && final.answer) return { status: 'completed', answer: final.answer };
  if (final?.type === 'agent_failed') return { status: 'failed', text: final.message, failure: final };
  if (answer?.status === 'failed') return { status: 'failed', text: answer.text, failure: null };
  return answer || final ? { status: 'cancelled' } : null;
}

const NAME_LENGTH = 80;

/** A question short enough to name its turn. */
export function beginningOf(question: string): string {
  const chars = [...question.slice(0, 2 * NAME_LENGTH + 2)]; // a character is one or two units long
  return chars.length > NAME_LENGTH ? `${chars.slice(0, NAME_LENGTH).join('')}…` : question;
}
