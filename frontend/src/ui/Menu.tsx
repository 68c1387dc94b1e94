import './menu.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { toast } from './toasts';

interface Item {
  label: string;
  icon?: ComponentChildren;
  danger?: boolean;
  run: () => void;
}

/** A button that opens a short list; arrows move, Escape closes and gives the focus back. */
export function Menu(props: {
  label: string;
  class: string;
  items: readonly Item[];
  up?: boolean;
  /** A line above the list. */
  head?: string | null;
  /** Why it does not open now. */
  blocked?: string | null;
  children: ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const headId = useId();
  const blocked = props.blocked ?? null;
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) all[next % all.length]?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else return;
    event.stopPropagation();
    if (event.key !== 'Tab') event.preventDefault();
  };
  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class={props.class}
        aria-label={props.label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-disabled={blocked !== null}
        title={blocked ?? undefined}
        onClick={() => (blocked ? toast(blocked) : setOpen(!open))}
      >
        {props.children}
      </button>
      {open && (
        <div class={props.up ? 'menu-list up' : 'menu-list'}>
          {props.head && (
            <p class="menu-head num" id={headId}>
              {props.head}
            </p>
          )}
          <div role="menu" aria-label={props.label} aria-describedby={props.head ? headId : undefined}>
            {props.items.map((item) => (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                class={item.danger ? 'menu-item danger' : 'menu-item'}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                {item.icon}
                {item.label}
              </button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
