import './keys.css';
import { useState } from 'preact/hooks';
import type { NewKeyReply } from '../contract/contract';
import { session } from '../session/session';
import { openSignIn } from '../session/stage';
import { Dialog } from '../ui/Dialog';
import { KeyForm } from './KeyForm';
import { KeyRows } from './KeyRows';
import { useKeyList } from './keyList';
import { closeKeys } from './keysOpen';
import { NewKey } from './NewKey';

/** The account's API keys: which there are, making one, deleting one. A guest learns why they need an account. */
export function KeysDialog() {
  const now = session.value;
  if (now.state !== 'ready') {
    return (
      <Dialog title="API keys" onClose={closeKeys}>
        <p role="status">Connecting…</p>
      </Dialog>
    );
  }
  return now.user.guest ? <ForGuests /> : <AccountKeys key={now.user.uid} uid={now.user.uid} />;
}

function ForGuests() {
  const signIn = () => {
    closeKeys();
    openSignIn();
  };
  return (
    <Dialog title="API keys" onClose={closeKeys}>
      <p>
        A key lets your programs send usage data, and it belongs to an account, so that you can always come
        back and delete it.
      </p>
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={signIn}>
          Sign in
        </button>
      </div>
    </Dialog>
  );
}

const TITLES = { list: 'API keys', form: 'Make a key', made: 'Your new key' } as const;

function AccountKeys({ uid }: { uid: string }) {
  const list = useKeyList(uid);
  const [step, setStep] = useState<{ at: 'list' | 'form' } | { at: 'made'; made: NewKeyReply }>({
    at: 'list',
  });
  const [wasAway, setWasAway] = useState(false);
  const toList = () => {
    setWasAway(true);
    setStep({ at: 'list' });
  };
  return (
    <Dialog title={TITLES[step.at]} onClose={closeKeys} closesBeside={step.at === 'list'}>
      {step.at === 'list' && (
        <KeyRows list={list} takesFocus={wasAway} onMake={() => setStep({ at: 'form' })} />
      )}
      {step.at === 'form' && (
        <KeyForm make={list.make} onMade={(made) => setStep({ at: 'made', made })} onCancel={toList} />
      )}
      {step.at === 'made' && <NewKey made={step.made} uid={uid} onDone={toList} />}
    </Dialog>
  );
}
