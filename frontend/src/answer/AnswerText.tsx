import { type ComponentChildren, Fragment } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Figure } from '../contract/contract';
import { markdownBlocks } from './Markdown';

/** The text of an answer; `afterLead` stands below its first paragraph. */
export function AnswerText(props: {
  text: string;
  figures: readonly Figure[];
  afterLead?: ComponentChildren;
}) {
  const { text, figures, afterLead } = props;
  const [lead, ...rest] = useMemo(() => markdownBlocks(text, figures), [text, figures]);
  return (
    <>
      <div class="prose lead">{lead}</div>
      {afterLead}
      {rest.length > 0 && (
        <div class="prose">
          {rest.map((block, index) => (
            <Fragment key={index}>{block}</Fragment>
          ))}
        </div>
      )}
    </>
  );
}
