import { copy } from './copy';
import { Icon } from './Icon';

/** Copies a text; `what` names it for the message ("The code"). */
export function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <button
      type="button"
      class="icon-button small copy-button"
      aria-label={`Copy ${what.charAt(0).toLowerCase()}${what.slice(1)}`}
      title="Copy"
      onClick={() => copy(text, what)}
    >
      <Icon name="copy" />
    </button>
  );
}
