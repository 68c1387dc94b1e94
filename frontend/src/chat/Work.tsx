import { useEffect, useRef } from 'preact/hooks';
import { fetchAnswerCode } from '../answer/AnswerView';
import { announce } from '../ui/announcer';
import { RunProgress } from './RunProgress';
import type { RunFeed } from './runFeed';
import { type Step, stepsOf } from './steps';
import { stopped, stopping, stopRun } from './stop';
import type { Outcome, Turn } from './turns';

interface Props {
  feed: RunFeed;
  turn: Turn;
  outcome: Outcome | null;
  /** An earlier question of the thread is still being answered. */
  waits: boolean;
}

/** The work on a question, from the moment it is on its way; followed until it ends. */
export function Work({ feed, turn, outcome, waits }: Props) {
  const steps = stepsOf(feed.events.value);
  useFollowing(feed, turn, outcome);
  useAnnouncements(steps, outcome);
  if (outcome) {
    const nothingDone = outcome.status === 'cancelled' && steps.every((step) => step.notes.length === 0);
    return nothingDone && feed.final.value ? null : <RunProgress feed={feed} ended />;
  }
  if (steps.length > 0) {
    return (
      <>
        <RunProgress feed={feed} ended={false} />
        {isStopping(turn) && <p class="turn-note">Stopping…</p>}
      </>
    );
  }
  if (turn.entry && turn.entry.state !== 'sent') return null;
  return waits ? <Waiting turn={turn} /> : <Beginning turn={turn} />;
}

function Beginning({ turn }: { turn: Turn }) {
  return (
    <p class="turn-note">
      <span class="progress-pulse" />
      {isStopping(turn) ? 'Stopping…' : 'Apex is on it'}
    </p>
  );
}

function Waiting({ turn }: { turn: Turn }) {
  const { runId, requestId } = turn;
  if (!runId || isStopping(turn)) return <p class="turn-note">Stopping…</p>;
  return (
    <div class="turn-ended">
      <p class="turn-note">Waits for the answer above</p>
      <button type="button" class="button small quiet" onClick={() => void stopRun(runId, requestId)}>
        Cancel
      </button>
    </div>
  );
}

function isStopping({ runId }: Turn): boolean {
  return runId !== null && stopping.value.has(runId) && !stopped.value.has(runId);
}

function useFollowing(feed: RunFeed, { entry }: Turn, outcome: Outcome | null): void {
  const isOpen = outcome === null && (entry === null || entry.state === 'sent' || entry.state === 'sending');
  useEffect(() => {
    if (!isOpen) return;
    fetchAnswerCode().catch(() => {}); // ahead of its use, which goes on without it
    return feed.watch();
  }, [feed, isOpen]);
}

/** Says what is going on to those who do not see it; runs that were over before this page are not announced. */
function useAnnouncements(steps: readonly Step[], outcome: Outcome | null): void {
  const label = outcome ? null : (steps.at(-1)?.label ?? null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (!label) return;
    announce(wasOpen.current ? label : `Apex is working. ${label}`);
    wasOpen.current = true;
  }, [label]);
  const status = outcome?.status;
  useEffect(() => {
    if (!status || !wasOpen.current) return;
    wasOpen.current = false;
    const words = {
      completed: 'The answer is ready.',
      failed: 'The question failed.',
      cancelled: 'Stopped.',
    };
    announce(words[status]);
  }, [status]);
}
