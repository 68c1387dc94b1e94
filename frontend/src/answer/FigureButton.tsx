import type { ComponentChild, ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type { Figure } from '../contract/contract';
import { figureSplitter, type Part } from './figures';
import { OpenSource, useOpenFigure } from './openSource';

const OPENING = /[(["'“‘~]+$/;
const CLOSING = /^[)\]"'”’.,;:!?]+/;

/** A figure that opens the step which found it. */
export function FigureButton({ figure, children }: { figure: Figure; children?: ComponentChildren }) {
  const open = useOpenFigure();
  if (figure.source < 0) return <span class="figure-plain">{children ?? figure.text}</span>;
  return (
    <button type="button" class="figure" aria-haspopup="dialog" onClick={() => open(figure)}>
      {children ?? figure.text}
    </button>
  );
}

/** Words and figures as elements. Brackets and stops stay on the line of the figure that they belong to. */
export function drawParts(parts: readonly Part[]): ComponentChild[] {
  return parts.map((part, index) => {
    const before = parts[index - 1];
    const after = parts[index + 1];
    if (typeof part !== 'string') {
      return (
        <span class="figure-line">
          {typeof before === 'string' && OPENING.exec(before)?.[0]}
          <FigureButton figure={part} />
          {typeof after === 'string' && CLOSING.exec(after)?.[0]}
        </span>
      );
    }
    const words = typeof before === 'object' ? part.replace(CLOSING, '') : part;
    return typeof after === 'object' ? words.replace(OPENING, '') : words;
  });
}

/** A plain text in which figures open their source. */
export function WithFigures({ text, figures }: { text: string; figures: readonly Figure[] }) {
  return <>{drawParts(figureSplitter(figures)(text))}</>;
}

/** The small button of a block that opens the step its numbers come from. */
export function SourceButton({ source, of }: { source: number; of: string }) {
  const open = useContext(OpenSource);
  if (source < 0) return null;
  return (
    <button
      type="button"
      class="button quiet small"
      aria-haspopup="dialog"
      onClick={() => open({ title: 'Where these numbers come from', figure: null, source })}
    >
      Source<span class="visually-hidden"> of {of}</span>
    </button>
  );
}
