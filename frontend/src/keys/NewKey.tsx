import { useEffect, useRef } from 'preact/hooks';
import type { NewKeyReply } from '../contract/contract';
import { CodeBlock } from '../ui/CodeBlock';
import { sendCommand } from './keyUse';

/** The only time that the secret is shown, with how to use it. */
export function NewKey({ made, uid, onDone }: { made: NewKeyReply; uid: string; onDone: () => void }) {
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => text.current?.focus(), []); // the form that had the focus has left; this is read out
  return (
    <>
      <p ref={text} tabIndex={-1} class="keys-once">
        “{made.key.name}” is made. Copy it now and keep it where you keep passwords:{' '}
        <strong>it is shown only this once.</strong>
      </p>
      <CodeBlock text={made.secret} what="The key" />
      {made.key.live ? <LiveUse uid={uid} /> : <FileUse secret={made.secret} />}
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={onDone}>
          I have kept it
        </button>
      </div>
    </>
  );
}

function FileUse({ secret }: { secret: string }) {
  return (
    <>
      <h3 class="keys-heading">Send a file with it</h3>
      <CodeBlock text={sendCommand(location.origin, secret)} what="The command" />
      <p class="keys-hint">
        The format is found out from the content. A log that names no model: add{' '}
        <code>&amp;model=gpt-4o</code> to the address.
      </p>
    </>
  );
}

function LiveUse({ uid }: { uid: string }) {
  return (
    <>
      <h3 class="keys-heading">Send live data with it</h3>
      <p class="keys-hint">
        Publish usage rows to Apex’s topic <code>usage</code>, with the key as the attribute <code>key</code>,
        and the id of your account as the attribute <code>user</code>:
      </p>
      <CodeBlock text={uid} what="The id" />
    </>
  );
}
