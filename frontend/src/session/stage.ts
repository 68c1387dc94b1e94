import { signal } from '@preact/signals';
import { go, route } from '../nav/routes';

/**
 * What the sign-in dialog shows; `confirm`: a link was opened in a browser that did not ask for it; `stuck`: it could
 * not be tried.
 */
export type Stage =
  | { name: 'closed' }
  | { name: 'choose' }
  | { name: 'sent'; email: string; again: boolean }
  | { name: 'confirm' }
  | { name: 'opening' }
  | { name: 'stuck'; email: string };

/** The stage of the one sign-in dialog. */
export const stage = signal<Stage>({ name: 'closed' });
/** What went wrong last, for the customer. */
export const problem = signal<string | null>(null);

/** Opens the sign-in dialog. */
export function openSignIn(): void {
  problem.value = null;
  stage.value = { name: 'choose' };
}

/** Closes it, whatever it shows. */
export function closeSignIn(): void {
  problem.value = null;
  stage.value = { name: 'closed' };
  if (route.value.name === 'signin') go('/', { replace: true });
}
