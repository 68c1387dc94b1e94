import { render } from 'preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lazy } from './lazy';
import { Toasts } from './toasts';

const Hello = () => <p>Hello</p>;
const shown = () => document.body.textContent ?? '';

afterEach(() => render(null, document.body));

describe('a part that is fetched when it is first shown', () => {
  it('is fetched by nobody before, shown as soon as it is there, and fetched once', async () => {
    const load = vi.fn(async () => Hello);
    const { Part } = lazy(load);
    expect(load).not.toHaveBeenCalled();
    render(<Part onMissing={() => {}} />, document.body);
    await vi.waitFor(() => expect(shown()).toBe('Hello'));
    render(null, document.body);
    render(<Part onMissing={() => {}} />, document.body);
    expect(shown()).toBe('Hello');
    expect(load).toHaveBeenCalledOnce();
  });

  it('is there at once when it was fetched ahead', async () => {
    const load = vi.fn(async () => Hello);
    const { Part, prefetch } = lazy(load);
    prefetch();
    await load.mock.results[0]?.value;
    await new Promise((resolve) => setTimeout(resolve));
    render(<Part onMissing={() => {}} />, document.body);
    expect(shown()).toBe('Hello');
  });

  it('is shown when it comes after the first drawing and before its effects', async () => {
    let arrive: (part: typeof Hello) => void = () => {};
    const { Part, prefetch } = lazy(() => new Promise((resolve) => (arrive = resolve)));
    prefetch();
    render(<Part onMissing={() => {}} />, document.body);
    arrive(Hello);
    await vi.waitFor(() => expect(shown()).toBe('Hello'));
  });

  it('says what to do when it does not come, and is asked for again the next time', async () => {
    const load = vi.fn(async () => Hello).mockRejectedValueOnce(new TypeError('failed to fetch'));
    const { Part } = lazy(load);
    const onMissing = vi.fn();
    const page = (open: boolean) => (
      <>
        <Toasts />
        {open && <Part onMissing={onMissing} />}
      </>
    );
    render(page(true), document.body);
    await vi.waitFor(() => expect(onMissing).toHaveBeenCalledOnce());
    render(page(false), document.body);
    await vi.waitFor(() => expect(shown()).toContain('Part of the page did not load. Reload the page.'));
    render(page(true), document.body);
    await vi.waitFor(() => expect(shown()).toContain('Hello'));
  });
});
