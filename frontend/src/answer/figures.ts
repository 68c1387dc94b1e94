import type { Figure } from '../contract/contract';

/** A piece of a text: words, or a figure that opens its source. */
export type Part = string | Figure;

const special = /[.*+?^${}()|[\]\\]/g;
const AFTER = '(?![\\w]|[.,]\\d)';
const BARE_AFTER = '(?![\\w%]|[.,:/-]\\d|-\\w| %)';

/** The pattern of one figure: never a part of a longer number or of a name ("gpt-4o", "2026-10-29"). */
function pattern(text: string): string {
  const escaped = text.replace(special, '\\$&');
  const bare = /^[\d.,]+$/.test(text);
  return bare ? `(?<![\\w.,:/$€£-])${escaped}${BARE_AFTER}` : `(?<![\\w.,])${escaped}${AFTER}`;
}

/**
 * Cuts texts into words and figures; called with the texts of an answer in their order.
 *
 * One number may stand in an answer twice, from two sources. Figures are listed in the order in which they first occur,
 * so the next one of an equal text is due as soon as all before it were seen.
 */
export function figureSplitter(figures: readonly Figure[]): (text: string) => Part[] {
  if (figures.length === 0) return (text) => (text ? [text] : []);
  const byText = placesByText(figures);
  const longestFirst = [...byText.keys()].filter(Boolean).sort((a, b) => b.length - a.length);
  const expression = new RegExp(longestFirst.map(pattern).join('|'), 'g');
  const seen = new Set<number>();

  const next = (text: string): Figure | undefined => {
    const places = byText.get(text) ?? [];
    const firstUnseen = figures.findIndex((_, index) => !seen.has(index));
    const due = places.find((index) => !seen.has(index) && index <= firstUnseen);
    const at = due ?? places.findLast((index) => seen.has(index)) ?? places[0];
    if (at === undefined) return undefined;
    seen.add(at);
    return figures[at];
  };

  return (text) => {
    const parts: Part[] = [];
    let from = 0;
    for (const match of text.matchAll(expression)) {
      const figure = next(match[0]);
      if (!figure) continue;
      if (match.index > from) parts.push(text.slice(from, match.index));
      parts.push(figure);
      from = match.index + match[0].length;
    }
    if (from < text.length) parts.push(text.slice(from));
    return parts;
  };
}

function placesByText(figures: readonly Figure[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, { text }] of figures.entries()) places.set(text, [...(places.get(text) ?? []), index]);
  return places;
}
