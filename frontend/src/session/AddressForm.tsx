import { useId, useRef, useState } from 'preact/hooks';
import { addressProblem } from './emailLink';

/** One e-mail address: checked when it is sent, with what is wrong said beside it. */
export function AddressForm(props: { button: string; onAddress: (email: string) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !input.current) return;
    const email = input.current.value.trim();
    const found = addressProblem(email);
    setWrong(found);
    if (found) {
      input.current.focus();
      return;
    }
    setBusy(true);
    await props.onAddress(email);
    setBusy(false);
    input.current?.focus(); // still here: the address was refused
  };
  return (
    <form class="sign-in-form" noValidate onSubmit={(event) => void submit(event)}>
      <div class="field">
        <label for={id}>E-mail address</label>
        <input
          ref={input}
          id={id}
          class="input"
          type="email"
          autocomplete="email"
          autocapitalize="off"
          spellcheck={false}
          maxLength={254}
          placeholder="name@company.com"
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onInput={() => setWrong(null)}
        />
        {wrong && (
          <p id={`${id}-wrong`} class="field-error" role="alert">
            {wrong}
          </p>
        )}
      </div>
      <button type="submit" class="button primary" aria-disabled={busy}>
        {busy ? 'One moment…' : props.button}
      </button>
    </form>
  );
}
