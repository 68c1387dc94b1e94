import './signIn.css';
import { useEffect, useRef } from 'preact/hooks';
import { AddressForm } from '../session/AddressForm';
import { GoogleMark } from '../session/GoogleMark';
import { finishLink, googleIsOpen, resumeSignIn, sendLink, signInWithGoogle } from '../session/signIn';
import { closeSignIn, openSignIn, problem, type Stage, stage } from '../session/stage';
import { Dialog } from '../ui/Dialog';

function Choose() {
  return (
    <>
      <p class="sign-in-why">
        Keep your conversations and data, and open them on any device. What you did as a guest comes along.
      </p>
      <button type="button" class="button" onClick={() => void signInWithGoogle()}>
        <GoogleMark />
        Continue with Google
      </button>
      {googleIsOpen.value && <p class="sign-in-note">Go on in the Google window.</p>}
      <p class="sign-in-or">
        <span>or</span>
      </p>
      <AddressForm button="E-mail me a sign-in link" onAddress={sendLink} />
    </>
  );
}

function Sent({ email, again }: { email: string; again: boolean }) {
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => text.current?.focus(), [again]); // the form that had the focus has left; this is read out
  return (
    <>
      <p ref={text} tabIndex={-1} class="sign-in-sent">
        {again ? 'We sent another link to ' : 'We sent a link to '}
        <strong>{email}</strong>. Open it in this browser and you are signed in.
      </p>
      <p class="sign-in-note">Nothing there after a minute? Check the spam folder.</p>
      <div class="dialog-actions">
        <button type="button" class="button quiet" onClick={openSignIn}>
          Use another address
        </button>
        <button type="button" class="button" onClick={() => void sendLink(email)}>
          Send it again
        </button>
      </div>
    </>
  );
}

function Confirm() {
  return (
    <>
      <p>
        This link was asked for in another browser. To be sure that it is yours, type the address it was sent
        to.
      </p>
      <AddressForm button="Sign in" onAddress={finishLink} />
    </>
  );
}

function Opening() {
  return (
    <p role="status">
      One moment: what you did here comes along. If a question is still being answered, you are signed in when
      it is done.
    </p>
  );
}

function Stuck({ email }: { email: string }) {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={() => void finishLink(email)}>
        Try again
      </button>
    </div>
  );
}

const TITLES: Record<Exclude<Stage['name'], 'closed'>, string> = {
  choose: 'Sign in',
  sent: 'Check your e-mail',
  confirm: 'One more step',
  opening: 'Signing you in',
  stuck: 'Signing you in',
};

/** What the sign-in dialog shows at its stage. */
export function SignInDialog() {
  useEffect(() => void resumeSignIn(), []);
  const now = stage.value;
  if (now.name === 'closed') return null;
  return (
    <Dialog title={TITLES[now.name]} onClose={closeSignIn}>
      {problem.value && (
        <p class="notice bad" role="alert">
          {problem.value}
        </p>
      )}
      {now.name === 'choose' && <Choose />}
      {now.name === 'sent' && <Sent email={now.email} again={now.again} />}
      {now.name === 'confirm' && <Confirm />}
      {now.name === 'opening' && <Opening />}
      {now.name === 'stuck' && <Stuck email={now.email} />}
    </Dialog>
  );
}
