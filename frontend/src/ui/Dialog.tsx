import './dialog.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './Icon';

/**
 * A modal dialog: the focus stays inside and goes back where it was; Escape and, unless something would be lost by it, a
 * click beside it close it.
 */
export function Dialog({
  title,
  onClose,
  closesBeside = true,
  children,
}: {
  title: string;
  onClose: () => void;
  closesBeside?: boolean;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => queueMicrotask(() => isFocusLost() && before instanceof HTMLElement && before.focus());
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => closesBeside && event.target === dialog.current && dialog.current?.close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

/** The browser gives the focus back by itself only where the dialog is closed before it leaves the page. */
function isFocusLost(): boolean {
  return document.activeElement === document.body;
}
