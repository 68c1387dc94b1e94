import type { Event, EventsDocument, Fact, Figure, ToolCompleted, ToolExecuting } from '../contract/contract';
import { TOOL_TITLES } from '../contract/contract';
import { loadFirestore } from '../firebase/firestore';
import { ready } from '../session/session';

/** The step of a run that found a number: which tool, why, and all that it found. */
export interface Source {
  tool: string;
  purpose: string | null;
  summary: string;
  facts: Fact[];
}

const TITLES: Record<string, string> = TOOL_TITLES;

/** A tool in the customer's words; one of an earlier version by its name. */
export function toolInWords(tool: string): string {
  const words = tool.replaceAll('_', ' ');
  return TITLES[tool] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** All events of a run that is over, in order. */
export async function loadEvents(runId: string): Promise<Event[]> {
  const [{ uid }, firestore] = await Promise.all([ready(), loadFirestore()]);
  const documents = await firestore.readAll<EventsDocument>(`users/${uid}/runs/${runId}/events`);
  return documents.flatMap(({ data }) => data.events).sort((a, b) => a.seq - b.seq);
}

/** The source with a number; null where the run has no such event. */
export function findSource(events: readonly Event[], seq: number): Source | null {
  const result = events.find(
    (event): event is ToolCompleted => event.type === 'tool_completed' && event.seq === seq,
  );
  if (!result) return null;
  const begun = events.find(
    (event): event is ToolExecuting =>
      event.type === 'tool_executing' &&
      event.step === result.step &&
      event.seq < seq &&
      event.tool_call_id === result.tool_call_id,
  );
  return {
    tool: result.tool,
    purpose: begun?.purpose ?? null,
    summary: result.result_summary,
    facts: withoutRepeats(result.facts),
  };
}

/** The facts that say what a figure says; signs are free: a saving of 5 USD may be written as -5 USD. */
export function factsOf(figure: Pick<Figure, 'value' | 'unit'>, facts: readonly Fact[]): Fact[] {
  const near = 1e-9 * Math.max(1, Math.abs(figure.value));
  return facts.filter(
    ({ unit, value }) => unit === figure.unit && Math.abs(Math.abs(value) - Math.abs(figure.value)) <= near,
  );
}

function withoutRepeats(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((fact) => [`${fact.name}|${fact.value}|${fact.unit}`, fact])).values()];
}
