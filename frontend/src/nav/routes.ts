import { type ReadonlySignal, signal } from '@preact/signals';

/** Where the user is: a new conversation, one of theirs, their savings, or back from an e-mail link. */
export type Route = { name: 'new' | 'savings' | 'signin' } | { name: 'thread'; id: string };

/** Threads are called as the server calls runs. */
const THREAD = /^\/t\/([0-9a-f]{32})$/;

/** The route of a path; what is unknown begins a new conversation. */
export function routeOf(path: string): Route {
  const thread = THREAD.exec(path)?.[1];
  if (thread) return { name: 'thread', id: thread };
  if (path === '/savings') return { name: 'savings' };
  return path === '/signin' ? { name: 'signin' } : { name: 'new' };
}

const current = signal<Route>(routeOf(location.pathname));

/** The route now; changes with links, back and forward. */
export const route: ReadonlySignal<Route> = current;

/** The conversation on the screen; null for a new one. */
export function threadHere(): string | null {
  return current.value.name === 'thread' ? current.value.id : null;
}

addEventListener('popstate', () => {
  current.value = routeOf(location.pathname);
});

/** Path of a thread. */
export function threadPath(id: string): string {
  return `/t/${id}`;
}

/** Go to a path without loading the page; `replace` leaves no way back to the present one. */
export function go(path: string, { replace = false } = {}): void {
  if (path === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  current.value = routeOf(location.pathname);
}
