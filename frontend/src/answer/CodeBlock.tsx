import type { ComponentChildren } from 'preact';
import { CopyButton } from './CopyButton';
import { ScrollBox } from './ScrollBox';

/** Code as it is, to copy; long lines scroll. `children` draw it where it holds figures. */
export function CodeBlock({ text, children }: { text: string; children?: ComponentChildren }) {
  return (
    <div class="code">
      <ScrollBox label="Code">
        <pre>
          <code>{children ?? text}</code>
        </pre>
      </ScrollBox>
      <CopyButton text={text} what="The code" />
    </div>
  );
}
