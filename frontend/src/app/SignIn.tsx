import { useEffect, useRef } from 'preact/hooks';
import { route } from '../nav/routes';
import { session } from '../session/session';
import { closeSignIn, stage } from '../session/stage';
import { lazy } from '../ui/lazy';

const dialog = lazy(async () => (await import('./SignInDialog')).SignInDialog);

/** Fetches the sign-in dialog ahead of its use. */
export const prefetchSignIn = dialog.prefetch;

/** The one sign-in dialog, where it is open; also goes on with a sign-in link that the page was opened by. */
export function SignIn() {
  const account = session.value.state === 'ready' && !session.value.user.guest;
  useEffect(() => {
    const { name } = stage.peek();
    if (account && (name === 'choose' || name === 'sent')) closeSignIn(); // signed in, here or in another tab
  }, [account]);
  const closed = stage.value.name === 'closed';
  const wasOpen = useRef(false);
  useEffect(() => {
    // The button that opened it may have left: an account has another one in its place.
    if (closed && wasOpen.current && document.activeElement === document.body)
      document.querySelector<HTMLElement>('.account button')?.focus();
    wasOpen.current = !closed;
  }, [closed]);
  return closed && route.value.name !== 'signin' ? null : <dialog.Part onMissing={closeSignIn} />;
}
