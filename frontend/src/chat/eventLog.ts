import type { Event, EventsDocument } from '../contract/contract';

/**
 * The events of one run by their numbers. Documents may come late, twice or out of order; what is handed out has
 * neither gap nor duplicate.
 */
export class EventLog {
  readonly #early = new Map<number, Event>();
  #events: readonly Event[] = [];

  /** In order, from the first on. */
  get events(): readonly Event[] {
    return this.#events;
  }

  /** The last event of the run, once it is there. */
  get final(): Event | null {
    const last = this.#events.at(-1);
    return last?.final ? last : null;
  }

  /** True when this brought events whose turn it is. */
  take(documents: readonly EventsDocument[]): boolean {
    const known = this.#events.length;
    for (const event of documents.flatMap((document) => document.events)) {
      if (event.seq >= known) this.#early.set(event.seq, event);
    }
    const next = [...this.#events];
    for (let event = this.#early.get(next.length); event; event = this.#early.get(next.length)) {
      this.#early.delete(event.seq);
      next.push(event);
    }
    if (next.length === known) return false;
    this.#events = next;
    return true;
  }
}
