import type { ComponentChildren } from 'preact';
import { go } from './routes';

/** A link inside the page; modifier keys and middle clicks stay the browser's. */
export function Link(props: {
  href: string;
  class?: string;
  current?: boolean;
  title?: string;
  onGo?: () => void;
  children: ComponentChildren;
}) {
  return (
    <a
      href={props.href}
      class={props.class}
      title={props.title}
      aria-current={props.current ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(props.href);
        props.onGo?.();
      }}
    >
      {props.children}
    </a>
  );
}
