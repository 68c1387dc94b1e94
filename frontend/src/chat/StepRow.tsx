import { useState } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import { type Note, type Step, type StepState, type ToolStatus, workTime } from './steps';

const STEP_WORDS: Record<StepState, string> = {
  working: 'under way',
  done: 'done',
  failed: 'failed',
  stopped: 'stopped',
};
const TOOL_WORDS: Record<ToolStatus, string | null> = {
  running: null,
  completed: null,
  failed: 'Did not work',
  cancelled: 'Not finished',
};

/** One agent's part: its thoughts and tools are open while it works, and afterwards on request. */
export function StepRow({ step, live }: { step: Step; live: boolean }) {
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = opened ?? live;
  return (
    <li class={`step ${step.state}`}>
      <button
        type="button"
        class="step-head"
        aria-expanded={open}
        disabled={step.notes.length === 0}
        onClick={() => setOpened(!open)}
      >
        <span class="step-mark">
          {step.state === 'done' && <Icon name="check" />}
          {step.state === 'failed' && <Icon name="alert" />}
          {step.state === 'stopped' && <Icon name="stop" />}
        </span>
        <span class="step-label">{step.label}</span>
        <span class="visually-hidden">, {STEP_WORDS[step.state]}</span>
        {step.endedAt !== null && (
          <span class="progress-time num">{workTime(step.endedAt - step.startedAt)}</span>
        )}
      </button>
      {open ? <Notes notes={step.notes} /> : step.result && <p class="step-result">{step.result}</p>}
    </li>
  );
}

function Notes({ notes }: { notes: readonly Note[] }) {
  return (
    <ul class="step-notes">
      {notes.map((note) => (
        <li key={note.seq} class={`note ${note.kind}`}>
          {note.kind === 'thought' ? note.text : <ToolNote note={note} />}
        </li>
      ))}
    </ul>
  );
}

function ToolNote({ note }: { note: Extract<Note, { kind: 'tool' }> }) {
  const words = TOOL_WORDS[note.status];
  return (
    <>
      <span class="note-purpose">
        {note.purpose}
        {note.status === 'running' && <span class="note-running"> …</span>}
        {words && <span class="note-badge">{words}</span>}
      </span>
      {note.result && <span class="note-result">{note.result}</span>}
    </>
  );
}
