import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { ApiError } from '../api/errors';
import { type AuthAccess, type AuthUser, loadAuth } from '../firebase/auth';
import { loadFirestore } from '../firebase/firestore';
import { clearToasts, toast } from '../ui/toasts';
import './token';
import { asSignInError } from './authErrors';
import { forgetLink } from './emailLink';
import { bringGuestsAlong, guestWaits } from './merge';
import { online } from './online';
import { until } from './until';

/** The user as all parts of the page see it. */
export type SessionUser = AuthUser;

/** Signing in happens by itself; `failed` until `startSession` is called again. */
export type Session =
  | { state: 'starting' }
  | { state: 'ready'; user: SessionUser }
  | { state: 'failed'; error: ApiError };

const LONGEST_HOLD_MS = 10_000;
const now = signal<Session>({ state: 'starting' });
let following = false;
let underWay = false;
let joining: Promise<void> | null = null;
/** Who has the page, also while another one is about to take it. */
let present: string | null = null;

/** Who is signed in. What belongs to a user is keyed by `user.uid`: it changes when a guest signs in to an account. */
export const session: ReadonlySignal<Session> = now;

const signedIn = (): SessionUser | null => (now.value.state === 'ready' ? now.value.user : null);

/** The id of the user who is signed in; null before that. */
export function userId(): string | null {
  return signedIn()?.uid ?? null;
}

/** The user, as soon as there is one; waits while the device is offline. */
export function ready(): Promise<SessionUser> {
  return until(signedIn);
}

function publish(user: SessionUser): void {
  const before = now.peek();
  const same =
    before.state === 'ready' &&
    before.user.uid === user.uid &&
    before.user.email === user.email &&
    before.user.name === user.name &&
    before.user.guest === user.guest;
  if (!same) now.value = { state: 'ready', user };
}

// The account is shown when the guest's work is in it: no conversation is missing for a moment.
async function welcome(auth: AuthAccess, user: SessionUser): Promise<void> {
  if (present && present !== user.uid) clearToasts();
  present = user.uid;
  const before = now.peek();
  const isNew = before.state !== 'ready' || before.user.uid !== user.uid;
  if (isNew && !user.guest && guestWaits(user.uid)) {
    now.value = { state: 'starting' };
    joining ??= bringGuestsAlong(auth).finally(() => {
      joining = null;
    });
    await Promise.race([joining, new Promise((resolve) => setTimeout(resolve, LONGEST_HOLD_MS))]);
    if (auth.user()?.uid !== user.uid) return;
  }
  publish(user);
}

// An account ended elsewhere: signed out in another tab while offline, deleted, or its sign-in withdrawn.
async function replace(): Promise<void> {
  const before = now.peek();
  clearToasts();
  present = null;
  if (before.state === 'ready' && !before.user.guest) {
    toast('You have been signed out. Sign in again to see your work.');
  }
  now.value = { state: 'starting' };
  await attempt(enter);
}

// One tab at a time: two that open together, or lose their account together, share one guest.
async function enter(): Promise<void> {
  await until(() => online.value || null);
  await navigator.locks.request('apex.session', async () => {
    const auth = await loadAuth();
    if (!auth.user()) await auth.becomeGuest();
    if (!following) auth.follow((user) => void (user ? welcome(auth, user) : replace()));
    following = true;
  });
}

async function attempt(work: () => Promise<void>): Promise<void> {
  if (underWay) return;
  underWay = true;
  try {
    await work();
  } catch (error) {
    now.value = { state: 'failed', error: asSignInError(error) };
  } finally {
    underWay = false;
  }
}

async function start(): Promise<void> {
  await until(() => online.value || null);
  void loadFirestore().catch(() => {}); // ahead of its first use, which tells when it fails
  await enter();
}

/** Restores the user of the last visit or becomes a guest; after a failure, tries again. */
export function startSession(): void {
  if (underWay) return;
  now.value = { state: 'starting' };
  void attempt(start);
}

/** Leaves the account: the page goes on as a new guest. */
export async function signOut(): Promise<void> {
  forgetLink();
  const auth = await loadAuth();
  try {
    await auth.becomeGuest();
  } catch {
    await auth.signOut(); // without a network there is no new guest yet, but the account is left
  }
}

// Being connected again mends what being offline broke.
effect(() => {
  if (online.value && now.peek().state === 'failed') startSession();
});
