import { expect, test } from 'vitest';
import type { Event, Figure } from '../contract/contract';
import plan from './fixtures/plan.json';
import planEvents from './fixtures/plan_events.json';
import { factsOf, findSource, toolInWords } from './source';

const events = planEvents as unknown as Event[];

test('the source of a figure is the tool result with its number, and why the tool was used', () => {
  const source = findSource(events, 38);
  expect(source?.tool).toBe('combined_plan');
  expect(source?.purpose).toBe('To put the savings in order, without counting any twice');
  expect(source?.summary).toContain('115.40 USD');
});

test('every figure that names a recorded step has a fact there with its value', () => {
  const figures = plan.answer.figures as Figure[];
  const known = figures.filter(({ source }) => findSource(events, source));
  expect(known.length).toBeGreaterThan(5);
  for (const figure of known) {
    expect(factsOf(figure, findSource(events, figure.source)?.facts ?? [])).not.toHaveLength(0);
  }
});

test('a number without such an event has no source, nor has an event of another kind', () => {
  expect(findSource(events, 999)).toBeNull();
  expect(findSource(events, 37)).toBeNull();
});

test('a saving written without its sign is the fact with it', () => {
  const fact = { name: 'difference', value: -28.62, unit: 'usd' } as const;
  expect(factsOf({ value: 28.62, unit: 'usd' }, [fact])).toEqual([fact]);
});

test('a tool that is new to the page is still named readably', () => {
  expect(toolInWords('combined_plan')).toBe('Put together a plan');
  expect(toolInWords('price_watch')).toBe('Price watch');
});
