import { render } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import { useStopKey } from './stopKey';

function Work({ stop }: { stop: (() => void) | null }) {
  useStopKey(stop);
  return <p>Under way</p>;
}

const pressEscape = () =>
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));

afterEach(() => render(null, document.body));

test('Escape stops what is under way from the moment it is drawn, and only as long as it is', () => {
  const stop = vi.fn();
  render(<Work stop={stop} />, document.body);
  pressEscape();
  expect(stop).toHaveBeenCalledOnce();
  render(<Work stop={null} />, document.body);
  pressEscape();
  expect(stop).toHaveBeenCalledOnce();
});
