import './progress.css';
import { useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toasts';
import { Elapsed } from './Elapsed';
import type { RunFeed } from './runFeed';
import { StepRow } from './StepRow';
import { stepsOf, workedMs, workTime } from './steps';

/** The work on a question: open while it goes on, one line when it is done. */
export function RunProgress({ feed, ended }: { feed: RunFeed; ended: boolean }) {
  const events = feed.events.value;
  if (ended) return <DoneProgress feed={feed} />;
  const steps = stepsOf(events);
  const first = events[0];
  if (!first) return null;
  const startedAt = Math.min(first.at, feed.heardAt.value);
  return (
    <div class="progress">
      <p class="progress-live">
        <span class="progress-pulse" />
        Working
        <span aria-hidden="true">
          <Elapsed from={startedAt} />
        </span>
      </p>
      <ol class="progress-steps">
        {steps.map((step) => (
          <StepRow key={step.number} step={step} live={step.state === 'working'} />
        ))}
      </ol>
    </div>
  );
}

function DoneProgress({ feed }: { feed: RunFeed }) {
  const [open, setOpen] = useState(false);
  const [reading, setReading] = useState(false);
  const [expired, setExpired] = useState(false);
  const events = feed.events.value;
  const known = feed.final.value !== null;
  const steps = stepsOf(events);
  const toggle = () => {
    setOpen(!open);
    if (open || known || reading) return;
    setReading(true);
    feed.readOnce().then(
      () => {
        setReading(false);
        setExpired(feed.final.peek() === null);
      },
      (error: unknown) => {
        setReading(false);
        setOpen(false);
        toast(`The steps could not be read. ${asApiError(error).message}`);
      },
    );
  };
  return (
    <div class="progress">
      <button type="button" class="progress-toggle" aria-expanded={open} onClick={toggle}>
        <Icon name={open ? 'down' : 'right'} />
        {known ? summary(workedMs(events), steps.length) : 'Show the steps'}
      </button>
      {open && !known && (
        <p class="progress-reading">
          {expired ? 'The steps of this question are no longer kept.' : 'Reading the steps…'}
        </p>
      )}
      {open && known && (
        <ol class="progress-steps">
          {steps.map((step) => (
            <StepRow key={step.number} step={step} live={false} />
          ))}
        </ol>
      )}
    </div>
  );
}

function summary(ms: number, steps: number): string {
  return `Worked ${workTime(ms)} in ${steps === 1 ? '1 step' : `${steps} steps`}`;
}
