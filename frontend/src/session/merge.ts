import { type ReadonlySignal, signal } from '@preact/signals';
import { call } from '../api/call';
import { type ApiError, asApiError } from '../api/errors';
import type { AuthAccess } from '../firebase/auth';
import { pauseMs } from '../lib/pause';
import { keptKeys, readKeptJson, removeKept, writeKept } from '../ui/deviceStorage';
import { toast } from '../ui/toasts';

const KEY = 'apex.guest.';
const LIMIT_MS = 120_000;

/** A guest whose work is to come along; `account` is null until it is known which one took the guest's place. */
interface WaitingGuest {
  token: string;
  account: string | null;
}

/** Why a guest's work could not come along, for the account that it was meant for. */
export interface LostGuest {
  account: string;
  error: ApiError;
}

const lost = signal<LostGuest | null>(null);

/** Stays until it is taken away. */
export const lostGuest: ReadonlySignal<LostGuest | null> = lost;

/** It has been read. */
export function dismissLostGuest(): void {
  lost.value = null;
}

/** Keeps the token of a guest whose place an account is about to take; kept until the work has come along. */
export function keepGuest(uid: string, token: string): void {
  const guest: WaitingGuest = { token, account: null };
  writeKept(KEY + uid, JSON.stringify(guest));
}

/** Signing in did not come about: the guest goes on as such. */
export function forgetGuest(): void {
  for (const [key, guest] of waiting()) if (guest.account === null) removeKept(key);
}

function waiting(): [key: string, guest: WaitingGuest][] {
  return keptKeys(KEY).flatMap((key) => {
    const { token, account = null } = (readKeptJson(key) ?? {}) as Partial<WaitingGuest>;
    return typeof token === 'string' ? [[key, { token, account }]] : [];
  });
}

/** The guests whose work belongs into this account; one that nobody claimed yet was replaced by it. */
function guestsOf(account: string): [key: string, guest: WaitingGuest][] {
  return waiting().filter(([key, guest]) => (guest.account ?? account) === account && key !== KEY + account);
}

/** Whether work of a guest is still to come along into this account. */
export function guestWaits(account: string): boolean {
  return guestsOf(account).length > 0;
}

/**
 * Moves the work of waiting guests into the account that is signed in. What hinders it for a while (a question under
 * way, no network) is reported once and tried again, whenever that account is on this page.
 */
export async function bringGuestsAlong(auth: AuthAccess, attempt = 0): Promise<void> {
  const account = auth.user();
  if (!account || account.guest) return;
  const guests = guestsOf(account.uid);
  for (const [key, { token }] of guests) writeKept(key, JSON.stringify({ token, account: account.uid }));
  const ends = await Promise.all(guests.map(([key, { token }]) => bring(key, token, account.uid)));
  if (auth.user()?.uid !== account.uid) return;
  if (!ends.includes('later')) {
    if (attempt > 0 && ends.includes('came')) toast('Your earlier conversations and data are here now.');
    return;
  }
  if (attempt === 0) toast('Your earlier conversations are not here yet. They follow by themselves.');
  const again = () => auth.user()?.uid === account.uid && void bringGuestsAlong(auth, attempt + 1);
  setTimeout(again, pauseMs(attempt + 3));
}

async function bring(key: string, token: string, account: string): Promise<'came' | 'later' | 'lost'> {
  try {
    const json = { guest_token: token };
    await call('POST', '/api/account/merge', { as: account, json, limitMs: LIMIT_MS });
  } catch (cause) {
    const error = asApiError(cause);
    if (error.retryable) return 'later';
    removeKept(key);
    lost.value = { account, error };
    return 'lost';
  }
  removeKept(key);
  return 'came';
}
