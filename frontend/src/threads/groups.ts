import type { ThreadItem } from './threads';

/** Conversations of one span of days, newest first. */
export interface ThreadGroup {
  name: string;
  items: readonly ThreadItem[];
}

/** Conversations by the calendar days of this device; `items` and the groups are newest first, empty groups left out. */
export function groupByDay(items: readonly ThreadItem[], now: Date): ThreadGroup[] {
  const midnight = (daysAgo: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
  const spans = [
    { name: 'Today', from: midnight(0) },
    { name: 'Yesterday', from: midnight(1) },
    { name: 'Previous 7 days', from: midnight(7) },
    { name: 'Older', from: Number.NEGATIVE_INFINITY },
  ];
  return spans
    .map(({ name, from }, place) => {
      const until = spans[place - 1]?.from ?? Number.POSITIVE_INFINITY;
      return { name, items: items.filter(({ updatedAt }) => updatedAt >= from && updatedAt < until) };
    })
    .filter((group) => group.items.length > 0);
}

/** Conversations whose title holds every word of a search. */
export function matching(items: readonly ThreadItem[], search: string): readonly ThreadItem[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ title }) => words.every((word) => title.toLocaleLowerCase().includes(word)));
}
