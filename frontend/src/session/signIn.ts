import { effect, signal } from '@preact/signals';
import { loadAuth } from '../firebase/auth';
import { go, route } from '../nav/routes';
import { toast } from '../ui/toasts';
import { authCode } from './authErrors';
import { finishAll } from './departure';
import { askedLink, forgetLink, isSignInLink, LINK_PATH, rememberLink } from './emailLink';
import { idle } from './idle';
import { forgetGuest, keepGuest } from './merge';
import { ready, session } from './session';
import { asDialogError, isReplacedPopup } from './signInErrors';
import { openSignIn, problem, stage } from './stage';
import { until } from './until';

/** Google's window is open; nothing else waits for it. */
export const googleIsOpen = signal(false);

const USELESS_LINK = ['auth/invalid-action-code', 'auth/expired-action-code'];
let openedLink = '';
let leaving = new AbortController();

function done(path: string): void {
  const user = session.value.state === 'ready' ? session.value.user : null;
  stage.value = { name: 'closed' };
  problem.value = null;
  if (route.value.name === 'signin') go(path, { replace: true });
  toast(user?.email ? `You are signed in as ${user.email}.` : 'You are signed in.');
}

// What is under way belongs to the guest: it is finished first. Whoever closes the dialog meanwhile stays a guest.
async function leaveGuest(uid: string, token: () => Promise<string>): Promise<void> {
  leaving = new AbortController();
  const { signal } = leaving;
  stage.value = { name: 'opening' };
  const stop = effect(() => {
    if (stage.value.name === 'closed') leaving.abort();
  });
  try {
    await idle(uid, signal);
    await finishAll();
    const kept = await token();
    signal.throwIfAborted();
    keepGuest(uid, kept);
  } finally {
    stop();
  }
}

/** Resolves when the session shows an account, the guest's work in it. */
async function adopted(): Promise<void> {
  await until(() => (session.value.state === 'ready' && !session.value.user.guest ? true : null));
}

/** Signs in with Google. Call it from a click: it opens a window. */
export async function signInWithGoogle(): Promise<void> {
  problem.value = null;
  googleIsOpen.value = true;
  try {
    await ready();
    await (await loadAuth()).useGoogle(leaveGuest);
  } catch (error) {
    if (isReplacedPopup(error)) return; // the newer window reports
    googleIsOpen.value = false;
    forgetGuest();
    if (error === leaving.signal.reason) return; // the dialog was closed
    problem.value = asDialogError(error).message;
    if (stage.value.name === 'opening') stage.value = { name: 'choose' };
    return;
  }
  googleIsOpen.value = false;
  await adopted();
  done('/');
}

/** Sends a sign-in link. */
export async function sendLink(email: string): Promise<void> {
  problem.value = null;
  const path = route.value.name === 'signin' ? '/' : location.pathname;
  try {
    const auth = await loadAuth();
    await auth.sendLink(email, location.origin + LINK_PATH);
  } catch (error) {
    const isAddress = authCode(error) === 'auth/invalid-email';
    problem.value = isAddress
      ? 'This e-mail address does not exist. Check its spelling.'
      : asDialogError(error).message;
    return;
  }
  rememberLink({ email, path });
  stage.value = { name: 'sent', email, again: stage.peek().name === 'sent' };
}

function linkFailed(error: unknown, email: string): void {
  forgetGuest();
  if (error === leaving.signal.reason) return; // the dialog was closed
  problem.value = asDialogError(error).message;
  if (USELESS_LINK.includes(authCode(error))) {
    go('/', { replace: true });
    stage.value = { name: 'choose' };
  } else {
    const isOther = authCode(error) === 'auth/invalid-email'; // the link was sent to another address
    stage.value = isOther ? { name: 'confirm' } : { name: 'stuck', email };
  }
}

/** Signs in with the opened link, which was sent to this address. */
export async function finishLink(email: string): Promise<void> {
  problem.value = null;
  if (stage.peek().name === 'stuck') stage.value = { name: 'opening' };
  try {
    await (await loadAuth()).useLink(email, openedLink, leaveGuest);
  } catch (error) {
    linkFailed(error, email);
    return;
  }
  await adopted();
  const path = askedLink()?.path ?? '/';
  forgetLink();
  done(path);
}

/** Called when the dialog's code has come: goes on with the link that it was opened by, if it was. */
export async function resumeSignIn(): Promise<void> {
  if (route.value.name !== 'signin') return;
  if (!isSignInLink(location.href)) {
    go('/', { replace: true });
    openSignIn();
    return;
  }
  openedLink = location.href;
  stage.value = { name: 'opening' };
  const user = await ready();
  const asked = askedLink();
  if (asked) await finishLink(asked.email);
  else if (user.guest) stage.value = { name: 'confirm' };
  else done('/'); // a link that has served already
}
