import { signal } from '@preact/signals';

const message = signal('');

/** Says one thing to screen readers; the transcript itself is not live, so this is the only announcer. */
export function announce(text: string): void {
  message.value = message.value === text ? `${text} ` : text; // the same words again are said again
}

/** The one polite live region of the page. */
export function Announcer() {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {message}
    </div>
  );
}
