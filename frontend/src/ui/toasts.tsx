import './toasts.css';
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { announce } from './announcer';

/** How long a toast stays, in ms: long enough to read it, and to reach its button. */
const SHOWN_MS = 6000;
const SHOWN_WITH_ACTION_MS = 20_000;

interface Action {
  label: string;
  run: () => void;
  /** Called when the toast leaves without it. */
  missed?: () => void;
}

interface Toast {
  id: number;
  text: string;
  action: Action | null;
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows one line for a while, with at most one thing to do about it. */
export function toast(text: string, action: Action | null = null): void {
  toasts.value = [...toasts.value, { id: ++lastId, text, action }];
  announce(text);
}

/** Takes all away, also what screen readers find: they were for a user who has left. */
export function clearToasts(): void {
  const ended = toasts.value;
  toasts.value = [];
  announce('');
  for (const { action } of ended) action?.missed?.();
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
      {toasts.value.map((each) => (
        <Line key={each.id} toast={each} />
      ))}
    </section>
  );
}

/** Stays while the pointer or the focus is on it, and while the user is on the way to it by Tab. */
function Line({ toast: { id, text, action } }: { toast: Toast }) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const cameFrom = useRef<EventTarget | null>(null);
  const isHeld = pointed || focused;
  useEffect(() => {
    if (isHeld) return;
    const leave = () => {
      dismiss(id);
      action?.missed?.();
    };
    const begin = () => setTimeout(leave, action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
    let timer = begin();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Tab') return;
      clearTimeout(timer);
      timer = begin();
    };
    addEventListener('keydown', onKey, true);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', onKey, true);
    };
  }, [id, action, isHeld]);
  const act = (chosen: Action) => {
    dismiss(id);
    if (cameFrom.current instanceof HTMLElement) cameFrom.current.focus();
    chosen.run();
  };
  return (
    <div
      class="toast"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocusIn={(event) => {
        setFocused(true);
        cameFrom.current = event.relatedTarget;
      }}
      onFocusOut={() => setFocused(false)}
    >
      <span class="toast-text">{text}</span>
      {action && (
        <button type="button" class="button small" onClick={() => act(action)}>
          {action.label}
        </button>
      )}
    </div>
  );
}
