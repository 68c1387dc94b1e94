import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

const NEAR_PX = 48;

/** A scrolling box that keeps to its end. */
export interface StickToEnd {
  /** True when the reader is away from the end. */
  away: boolean;
  toEnd(): void;
}

/**
 * Keeps `box` at the end while its content grows, as long as the reader is there; any scroll up lets go at once.
 * When nothing is `live`, the last turn's beginning stays in view: an answer is read from its top.
 */
export function useStickToEnd(
  box: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  live: boolean,
): StickToEnd {
  const [away, setAway] = useState(false);
  const state = useRef({ docked: true, placedAt: 0, live });
  state.current.live = live;

  const place = useCallback(() => {
    const element = box.current;
    if (!element) return;
    if (state.current.docked) {
      element.scrollTop = state.current.live
        ? endOf(element)
        : Math.min(endOf(element), lastTurnTop(element));
      state.current.placedAt = element.scrollTop;
    }
    setAway(endOf(element) - element.scrollTop > NEAR_PX);
  }, [box]);

  useLayoutEffect(() => {
    const element = box.current;
    const inner = content.current;
    if (!element || !inner) return;
    const onScroll = () => {
      const fromEnd = endOf(element) - element.scrollTop;
      if (Math.abs(element.scrollTop - state.current.placedAt) > 1) state.current.docked = fromEnd <= NEAR_PX;
      setAway(fromEnd > NEAR_PX);
    };
    const grown = new ResizeObserver(place);
    grown.observe(inner);
    grown.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      grown.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [box, content, place]);

  const toEnd = useCallback(() => {
    const element = box.current;
    if (!element) return;
    state.current.docked = true;
    element.scrollTop = endOf(element);
    state.current.placedAt = element.scrollTop;
    setAway(false);
  }, [box]);
  return { away, toEnd };
}

function endOf(element: HTMLElement): number {
  return element.scrollHeight - element.clientHeight;
}

/** Where the last turn begins, in the box's own coordinates. */
function lastTurnTop(element: HTMLElement): number {
  const last = [...element.querySelectorAll<HTMLElement>('.turn')].at(-1);
  if (!last) return Number.POSITIVE_INFINITY;
  return element.scrollTop + last.getBoundingClientRect().top - element.getBoundingClientRect().top;
}
