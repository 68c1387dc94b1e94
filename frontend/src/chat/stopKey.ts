import { useLayoutEffect } from 'preact/hooks';

/**
 * Escape stops what is under way, unless a dialog, a menu or another field has its own use for it: the window hears
 * last. It listens as soon as the question is drawn; an effect would come a frame later.
 */
export function useStopKey(stop: (() => void) | null): void {
  useLayoutEffect(() => {
    if (!stop) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
      const at = event.target as Element;
      const isElsewhere = at.closest('[role=menu], .sidebar') || document.querySelector('dialog[open]');
      if (!isElsewhere) stop();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
