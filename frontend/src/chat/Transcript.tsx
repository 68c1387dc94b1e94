import './transcript.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Acts } from '../answer/acts';
import { Icon } from '../ui/Icon';
import { useStickToEnd } from './stickToEnd';
import { TurnView } from './TurnView';
import type { Turn } from './turns';

interface Props {
  turns: readonly Turn[];
  uid: string | null;
  /** Runs that are still being worked on. */
  openKeys: ReadonlySet<string>;
  /** Reads older messages; null when all are shown. */
  onEarlier: (() => void) | null;
  /** What can be done with the reading of the last answer, and of which turn that is. */
  acts: Acts;
  answeredKey: string | null;
  onAsk: (text: string) => void;
  onEdit: (text: string) => void;
}

/** The turns of a conversation in a box that scrolls. */
export function Transcript(props: Props) {
  const { turns, uid, openKeys, onEarlier, acts, answeredKey, onAsk, onEdit } = props;
  const box = useRef<HTMLElement | null>(null);
  const column = useRef<HTMLDivElement | null>(null);
  const { away, toEnd } = useStickToEnd(box, column, openKeys.size > 0);
  const lastKey = turns.at(-1)?.key;
  const known = useRef({ first: turns[0]?.key, last: lastKey, height: 0 });

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const before = known.current;
    const isNew = before.last !== lastKey && openKeys.has(lastKey ?? '');
    const isEarlier = before.first !== turns[0]?.key && before.last === lastKey;
    if (isNew) toEnd();
    else if (isEarlier) element.scrollTop += element.scrollHeight - before.height;
    known.current = { first: turns[0]?.key, last: lastKey, height: element.scrollHeight };
  });

  const firstOpen = turns.findIndex((turn) => openKeys.has(turn.key));
  return (
    <div class="transcript-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="transcript" ref={box} tabIndex={0} aria-label="Conversation">
        <div class="transcript-column" ref={column}>
          {onEarlier && (
            <button type="button" class="button small quiet transcript-earlier" onClick={onEarlier}>
              Show earlier messages
            </button>
          )}
          {turns.map((turn, at) => (
            <TurnView
              key={turn.key}
              turn={turn}
              uid={uid}
              isLast={at === turns.length - 1}
              acts={turn.key === answeredKey ? acts : null}
              waits={firstOpen >= 0 && at > firstOpen}
              onAsk={onAsk}
              onEdit={onEdit}
            />
          ))}
        </div>
      </section>
      {away && (
        <button type="button" class="transcript-end" onClick={toEnd}>
          <Icon name="down" />
          To the end
        </button>
      )}
    </div>
  );
}
