import './composer.css';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { MESSAGE_LIMIT } from '../contract/contract';
import { DataChip } from '../data/DataChip';
import { formatCount } from '../lib/format';
import { Icon } from '../ui/Icon';
import { draftOf } from './drafts';
import { focusMessageBox, MESSAGE_BOX } from './messageBox';

const COUNTER_FROM = 0.9 * MESSAGE_LIMIT;
/** A second click of the same gesture must not stop what the first one sent. */
const DOUBLE_CLICK_MS = 500;

interface Props {
  /** Names the draft. */
  conversation: string;
  /** Stops what is under way; null when nothing is. */
  onStop: (() => void) | null;
  onSend: (text: string) => void;
}

/** The message box: Enter sends, Shift+Enter breaks the line, nothing happens while an IME composes. */
export function Composer({ conversation, onStop, onSend }: Props) {
  const draft = draftOf(conversation);
  const sentAt = useRef(0);
  const hint = useSignal('');
  const text = draft.value;
  const length = lengthOf(text);
  const over = length - MESSAGE_LIMIT;
  const isEmpty = text.trim() === '';

  // When a conversation was deleted, the focus is on the next one of the list, and stays there.
  useEffect(() => {
    const inList = document.activeElement?.matches('.thread-link:not([aria-current])');
    if (!inList && matchMedia('(pointer: fine)').matches) focusMessageBox();
  }, [conversation]);

  const submit = () => {
    if (over > 0) hint.value = 'Shorten the message, or add long data as a file.';
    if (isEmpty || over > 0) return;
    sentAt.current = Date.now();
    draft.value = '';
    hint.value = '';
    onSend(text.trim());
    focusMessageBox();
  };
  const stop = () => {
    focusMessageBox();
    if (Date.now() - sentAt.current >= DOUBLE_CLICK_MS) onStop?.();
  };
  // A button that goes away while it has the focus hands it to the box.
  const buttonHasFocus = document.activeElement?.classList.contains('composer-button');
  useLayoutEffect(() => {
    if (buttonHasFocus && document.activeElement === document.body) focusMessageBox();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!event.repeat) submit();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="composer-box">
        <div class="composer-grow" data-text={`${text}\n`}>
          <textarea
            id={MESSAGE_BOX}
            class="composer-text"
            rows={1}
            value={text}
            placeholder="Ask about your AI spend"
            aria-label="Message"
            aria-describedby="composer-count"
            aria-invalid={over > 0}
            enterkeyhint="send"
            autocomplete="off"
            onInput={(event) => {
              draft.value = event.currentTarget.value;
              hint.value = '';
            }}
            onKeyDown={onKeyDown}
          />
        </div>
        <div class="composer-bar">
          <DataChip />
          <p
            id="composer-count"
            class={over > 0 ? 'composer-count num over' : 'composer-count num'}
            title="Characters"
          >
            {length >= COUNTER_FROM && countOf(length)}
          </p>
          {onStop && (
            <button
              type="button"
              class={isEmpty ? 'composer-button stop' : 'composer-button stop beside'}
              aria-label="Stop"
              title="Stop (Esc)"
              onClick={stop}
            >
              <Icon name="stop" />
            </button>
          )}
          {(!onStop || !isEmpty) && (
            <button
              type="submit"
              class="composer-button send"
              aria-label="Send"
              title="Send (Enter)"
              aria-disabled={isEmpty || over > 0}
            >
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
      <p class="composer-hint" role="alert">
        {hint}
      </p>
    </form>
  );
}

/** Characters as the server counts them; exact where it matters. */
function lengthOf(text: string): number {
  const trimmed = text.trim();
  return trimmed.length < COUNTER_FROM ? trimmed.length : [...trimmed].length;
}

function countOf(length: number): string {
  const over = length - MESSAGE_LIMIT;
  if (over > 0) return `${formatCount(over)} too many`;
  return `${formatCount(length)} of ${formatCount(MESSAGE_LIMIT)}`;
}
