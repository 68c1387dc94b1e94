import './conversation.css';
import { useEffect } from 'preact/hooks';
import { costInWords, costOfAll } from '../answer/cost';
import type { Answer, ClickRequest } from '../contract/contract';
import { Link } from '../nav/Link';
import { online } from '../session/online';
import { userId } from '../session/session';
import { tellSpent } from '../threads/spent';
import { Composer } from './Composer';
import { EmptyState } from './EmptyState';
import { isUnderWay } from './entry';
import { editText, focusMessageBox } from './messageBox';
import { conversationHere, entriesIn, NEW, send, stopEntry, strandedEntries } from './outbox';
import { drop, entries } from './outboxStore';
import { runFeed } from './runFeed';
import { stopped, stopping, stopRun } from './stop';
import { useStopKey } from './stopKey';
import { Transcript } from './Transcript';
import { useIsMissing, useThreadFeed } from './threadFeed';
import { type Outcome, outcomeOf, type Turn, turnsOf } from './turns';

/** The main column: a conversation (null: a new one) above the message box. */
export function Conversation({ threadId }: { threadId: string | null }) {
  const uid = userId();
  const feed = useThreadFeed(uid, threadId);
  const messages = feed?.messages.value ?? null;
  const unsent = entriesIn(threadId, uid);
  const turns = turnsOf(messages ?? [], unsent);
  const open = turns.filter((turn) => isOpen(turn, uid));
  const openKeys = new Set(open.map((turn) => turn.key));
  const conversation = threadId ?? NEW;
  const isMissing = useIsMissing(uid, threadId, messages?.length === 0 && turns.length === 0);
  const target = open.find((turn) => !turn.runId || !stopping.value.has(turn.runId));
  const stop = target ? () => stopTurn(target) : null;

  useEffect(() => {
    const taken = new Set(messages?.map((message) => message.run_id));
    for (const entry of entries.peek()) {
      if (entry.state === 'sent' && entry.runId && taken.has(entry.runId)) drop(entry.requestId);
    }
  }, [messages, unsent]);
  useStopKey(stop);
  useSpent(threadId, turns, uid, feed?.hasEarlier.value ?? false);

  const click = (text: string, clicked: ClickRequest) => {
    send(text, threadId, clicked);
    if (matchMedia('(pointer: fine)').matches) focusMessageBox(); // what was clicked goes away
  };
  const answered = turns.findLast((turn) => outcomeHere(turn, uid)?.status === 'completed');
  const ask = (text: string) => send(text, threadId);
  if (isMissing) return <MissingThread />;
  return (
    <div class="conversation">
      {turns.length > 0 && (
        <Transcript
          key={conversation}
          turns={turns}
          uid={uid}
          openKeys={openKeys}
          onEarlier={feed?.hasEarlier.value ? feed.showEarlier : null}
          acts={{ send: click, blocked: blockedBy(open.length > 0) }}
          answeredKey={answered?.key ?? null}
          onAsk={ask}
          onEdit={(text) => editText(conversationHere(), text)}
        />
      )}
      {turns.length === 0 && threadId === null && <EmptyState stranded={strandedEntries(uid)} onAsk={ask} />}
      {turns.length === 0 && threadId !== null && <Loading />}
      <Composer conversation={conversation} onStop={stop} onSend={ask} />
    </div>
  );
}

/** True from the moment a question is asked until it has ended or needs the user. */
function isOpen(turn: Turn, uid: string | null): boolean {
  if (turn.runId && stopped.value.has(turn.runId)) return false;
  if (turn.entry && turn.entry.state !== 'sent') return isUnderWay(turn.entry);
  return outcomeHere(turn, uid) === null;
}

/** How a turn ended, as far as this page knows. */
function outcomeHere(turn: Turn, uid: string | null): Outcome | null {
  const final = uid && turn.runId ? runFeed(uid, turn.runId).final.value : null;
  return outcomeOf(turn.answer, final);
}

/** Why nothing of the last answer can be clicked now. */
function blockedBy(isAnswering: boolean): string | null {
  if (!online.value) return 'You are offline.';
  return isAnswering ? 'Apex is answering. Wait for the answer, or stop it.' : null;
}

/** Tells the list of conversations what this one took; of a long one, what its messages on the screen took. */
function useSpent(
  threadId: string | null,
  turns: readonly Turn[],
  uid: string | null,
  isPart: boolean,
): void {
  const outcomes = turns.map((turn) => outcomeHere(turn, uid));
  const answers = outcomes.flatMap((each): Answer[] => (each?.status === 'completed' ? [each.answer] : []));
  const isAnswered = answers.length > 0;
  const words = costInWords(costOfAll(answers));
  const all = isPart ? `${words}, earlier messages left out` : words;
  useEffect(() => {
    if (threadId && isAnswered) tellSpent(threadId, all);
  }, [threadId, isAnswered, all]);
}

function stopTurn(turn: Turn): void {
  if (turn.entry) stopEntry(turn.entry);
  else if (turn.runId) void stopRun(turn.runId, turn.requestId);
}

function Loading() {
  return (
    <div class="conversation-loading">
      <p class="visually-hidden">The conversation is being opened.</p>
      <span class="skeleton question-like" />
      <span class="skeleton" />
      <span class="skeleton" />
      <span class="skeleton short" />
    </div>
  );
}

function MissingThread() {
  return (
    <div class="conversation-missing">
      <h2>There is no such conversation</h2>
      <p>It was deleted, or it belongs to another account.</p>
      <Link href="/" class="button primary">
        Start a new conversation
      </Link>
    </div>
  );
}
