import './reading.css';
import { useContext, useRef, useState } from 'preact/hooks';
import type { Answer, Chip, ClickRequest } from '../contract/contract';
import { announce } from '../ui/announcer';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { toast } from '../ui/toasts';
import { type Acts, AnswerActs } from './acts';
import { notUsed, readingLine, withOption, withoutChip } from './reading';

/** How the question was read: a chip for each piece, to take off or to change, and the words that were not used. */
export function Reading({ answer }: { answer: Answer }) {
  const acts = useContext(AnswerActs);
  const chips = answer.reading?.chips ?? [];
  const line = readingLine(answer);
  const unused = notUsed(answer);
  if (!line && !unused) return null;
  return (
    <fieldset class="reading" aria-label="How your question was read">
      {chips.length > 0 && <Chips chips={chips} acts={acts} />}
      {chips.length === 0 && line && (
        <p class="reading-said" dir="auto">
          {line}
        </p>
      )}
      {unused && (
        <p class="reading-unused" dir="auto">
          {unused}
        </p>
      )}
    </fieldset>
  );
}

function Chips({ chips, acts }: { chips: readonly Chip[]; acts: Acts | null }) {
  return (
    <ul class="reading-chips">
      {chips.map((chip) => (
        <li key={chip.id} class={acts ? 'reading-chip' : 'reading-chip plain'}>
          {acts ? <ChipButtons chip={chip} acts={acts} /> : <ChipLabel label={chip.label} />}
        </li>
      ))}
    </ul>
  );
}

function ChipLabel({ label }: { label: string }) {
  return (
    <span class="reading-label" dir="auto">
      {label}
    </span>
  );
}

function ChipButtons({ chip, acts }: { chip: Chip; acts: Acts }) {
  const { blocked } = acts;
  const send = (text: string, click: ClickRequest) => act(acts, text, click);
  return (
    <>
      {chip.options.length > 0 ? <ChipMenu chip={chip} acts={acts} /> : <ChipLabel label={chip.label} />}
      <button
        type="button"
        class="reading-off"
        aria-label={`Take off: ${chip.label}`}
        title={blocked ?? 'Ask again without this'}
        aria-disabled={blocked !== null}
        onClick={() => send(withoutChip(chip), { chip: chip.id })}
      >
        <Icon name="close" />
      </button>
    </>
  );
}

/** The label of a chip, which opens what it can be changed to; the list opens to the side that has room. */
function ChipMenu({ chip, acts }: { chip: Chip; acts: Acts }) {
  const place = useRef<HTMLSpanElement>(null);
  const [side, setSide] = useState('');
  const measure = () => {
    const row = place.current?.closest('.reading-chips')?.getBoundingClientRect();
    const here = place.current?.getBoundingClientRect();
    if (row && here) setSide(here.left + here.right > row.left + row.right ? 'at-end' : '');
  };
  const items = chip.options.map((option) => ({
    label: option.label,
    run: () => act(acts, withOption(chip, option), { chip: chip.id, to: option.value }),
  }));
  return (
    <span class={`reading-menu ${side}`} ref={place} onPointerEnter={measure} onFocusIn={measure}>
      <Menu label={`${chip.label}: change`} class="reading-change" items={items} blocked={acts.blocked}>
        <ChipLabel label={chip.label} />
        <Icon name="down" />
      </Menu>
    </span>
  );
}

/** The readings that a question back lets choose; once there is a later answer, as they were offered. */
export function ChoiceButtons({ answer }: { answer: Answer }) {
  const acts = useContext(AnswerActs);
  const choices = answer.choices ?? []; // answers from before there were any
  if (choices.length === 0) return null;
  return (
    <ul class={acts ? 'answer-choices' : 'answer-choices plain'} aria-label="Choose what you meant">
      {choices.map(({ id, label }) => (
        <li key={id} dir="auto">
          {acts ? (
            <button
              type="button"
              class="button"
              title={acts.blocked ?? undefined}
              aria-disabled={acts.blocked !== null}
              onClick={() => act(acts, label, { choice: id })}
            >
              {label}
            </button>
          ) : (
            label
          )}
        </li>
      ))}
    </ul>
  );
}

/** Sends what was clicked, or says why that is not possible now. */
function act({ send, blocked }: Acts, text: string, click: ClickRequest): void {
  if (blocked) {
    toast(blocked);
    return;
  }
  send(text, click);
  announce(`Asked: ${text}`);
}
