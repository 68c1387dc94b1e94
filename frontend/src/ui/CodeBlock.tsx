import './code.css';
import type { ComponentChildren } from 'preact';
import { CopyButton } from './CopyButton';
import { ScrollBox } from './ScrollBox';

/** Code as it is, to copy; long lines scroll. `children` draw it where it holds figures; `what` names it. */
export function CodeBlock({
  text,
  what = 'The code',
  children,
}: {
  text: string;
  what?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="code">
      <ScrollBox label={what}>
        <pre>
          <code>{children ?? text}</code>
        </pre>
      </ScrollBox>
      <CopyButton text={text} what={what} />
    </div>
  );
}
