import type { AgentName, Event } from '../contract/contract';
import { formatDuration } from '../lib/format';

/** What each agent does, in the customer's words. */
export const STEP_LABELS: Record<AgentName, string> = {
  triage: 'Understanding your question',
  data: 'Measuring your usage',
  optimization: 'Weighing options',
  actions: 'Planning the changes',
  reporting: 'Writing the answer',
};

/** A thought, or a tool with what it found. */
export type Note =
  | { kind: 'thought'; seq: number; text: string }
  | { kind: 'tool'; seq: number; callId: string; purpose: string; result: string | null; status: ToolStatus };

export type ToolStatus = 'running' | 'completed' | 'failed' | 'cancelled';
export type StepState = 'working' | 'done' | 'failed' | 'stopped';

/** One agent's part of a run. Times as the server's, in ms. */
export interface Step {
  number: number;
  label: string;
  state: StepState;
  startedAt: number;
  endedAt: number | null;
  result: string | null;
  notes: readonly Note[];
}

const ENDINGS: Partial<Record<Event['type'], StepState>> = {
  agent_completed: 'done',
  agent_failed: 'failed',
  agent_cancelled: 'stopped',
};

/** The steps of a run as far as its events tell; a step that was taken over by another worker stays one step. */
export function stepsOf(events: readonly Event[]): readonly Step[] {
  const numbers = [...new Set(events.map((event) => event.step))];
  return numbers.map((number) => stepOf(events.filter((event) => event.step === number)));
}

/** How long the run has worked by its own events, in ms. */
export function workedMs(events: readonly Event[]): number {
  return (events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0);
}

/** A time of work: "0.5 s", "6.2 s", "2 min 5 s"; below a second as tenths, so that a ticking time keeps its form. */
export function workTime(ms: number): string {
  const tenths = Math.max(1, Math.round(ms / 100));
  return tenths < 10 ? `0.${tenths} s` : formatDuration(Math.max(ms, 1_000));
}

function stepOf(events: readonly Event[]): Step {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new Error('a step has events');
  const state = ENDINGS[last.type] ?? 'working';
  return {
    number: first.step,
    label: STEP_LABELS[first.agent],
    state,
    startedAt: first.at,
    endedAt: state === 'working' ? null : last.at,
    result: last.type === 'agent_completed' ? last.result : null,
    notes: notesOf(events),
  };
}

function notesOf(events: readonly Event[]): readonly Note[] {
  let notes: Note[] = [];
  for (const event of events) {
    if (event.type === 'agent_thinking') {
      const { seq, thought: text, replaces = Number.POSITIVE_INFINITY } = event;
      notes = notes.filter((note) => note.kind === 'tool' || note.seq < replaces);
      notes.push({ kind: 'thought', seq, text });
    }
    if (event.type === 'tool_executing') {
      const { seq, tool_call_id: callId, purpose } = event;
      notes.push({ kind: 'tool', seq, callId, purpose, result: null, status: 'running' });
    }
    if (event.type !== 'tool_completed') continue;
    const tool = notes.find((note) => note.kind === 'tool' && note.callId === event.tool_call_id);
    if (tool?.kind === 'tool') Object.assign(tool, { result: event.result_summary, status: event.status });
  }
  return notes;
}
