import './scroll.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  label: string;
  /** What lies to the right ("More columns"), said below while it does. */
  hint?: string;
  children: ComponentChildren;
}

/** Scrolls what is too wide sideways: with a fading edge, a word about it, and by keyboard, all only when needed. */
export function ScrollBox({ label, hint, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState({ wide: false, ahead: false });
  const look = () => {
    const element = box.current;
    if (!element) return;
    const hidden = element.scrollWidth - element.clientWidth;
    const next = { wide: hidden > 1, ahead: hidden - element.scrollLeft > 1 };
    setMore((now) => (now.wide === next.wide && now.ahead === next.ahead ? now : next));
  };
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    for (const child of element.children) watcher.observe(child);
    return () => watcher.disconnect();
  }, []);
  return (
    <div class={more.ahead ? 'scroll ahead' : 'scroll'}>
      <div
        class="scroll-box"
        ref={box}
        onScroll={look}
        {...(more.wide ? { tabIndex: 0, role: 'region', 'aria-label': `${label}, scrolls sideways` } : {})}
      >
        {children}
      </div>
      {more.wide && hint && (
        <p class="scroll-hint" aria-hidden="true">
          {more.ahead && `${hint} to the right: scroll sideways`}
        </p>
      )}
    </div>
  );
}
