import type { Answer, Chip, ChipOption } from '../contract/contract';

/** What an option of a chip is announced by, in the message that it sends. */
const CHANGED: Record<Chip['kind'], string> = {
  period: 'Period',
  versus: 'Compared',
  filter: 'Only',
  group: 'Grouped',
  top: 'Show',
  threshold: 'Show',
  constraint: 'With',
};

/** The message that takes a chip off. */
export function withoutChip(chip: Chip): string {
  return `Without: ${chip.label}`;
}

/** The message that changes a chip. */
export function withOption(chip: Chip, option: ChipOption): string {
  return `${CHANGED[chip.kind]}: ${option.label}`;
}

/** How the question was read, on one line; '' where that is trivial. */
export function readingLine({ reading }: Answer): string {
  return reading?.chips.map(({ label }) => label).join(', ') || reading?.text || '';
}

/** The words that the answer makes no use of: 'Not used: "ASAP", "please"'; '' where it uses all. */
export function notUsed({ reading }: Answer): string {
  const words = reading?.unread.map((word) => `"${word}"`).join(', ');
  return words ? `Not used: ${words}` : '';
}
