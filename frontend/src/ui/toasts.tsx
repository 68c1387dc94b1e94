import './toasts.css';
import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { announce } from './announcer';

/** How long a toast stays, in ms: long enough to reach its button. */
export const TOAST_MS = 6000;

interface Toast {
  id: number;
  text: string;
  action: { label: string; run: () => void } | null;
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows one line for a while, with at most one thing to do about it. */
export function toast(text: string, action: Toast['action'] = null): void {
  const id = ++lastId;
  toasts.value = [...toasts.value, { id, text, action }];
  announce(text);
  setTimeout(() => dismiss(id), TOAST_MS);
}

/** Takes all away: they were for a user who has left. */
export function clearToasts(): void {
  toasts.value = [];
}

/** Where toasts appear: above everything, also above a dialog that was opened before them. */
export function Toasts() {
  const region = useRef<HTMLElement>(null);
  const newest = toasts.value.at(-1)?.id;
  useLayoutEffect(() => {
    // Browsers of before 2024 have no top layer; there it is a plain fixed box.
    region.current?.hidePopover?.();
    if (newest) region.current?.showPopover?.();
  }, [newest]);
  return (
    <section class="toasts" popover="manual" ref={region} aria-label="Messages">
      {toasts.value.map(({ id, text, action }) => (
        <div class="toast" key={id}>
          <span class="toast-text">{text}</span>
          {action && (
            <button
              type="button"
              class="button small"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </section>
  );
}
