import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import { part } from '../api/part';
import { once } from '../lib/once';
import { toast } from './toasts';

interface Lazy {
  /** Shows the part as soon as its code is there; when it does not come, a toast says so, and `onMissing` is called. */
  Part: (props: { onMissing: () => void }) => preact.JSX.Element | null;
  /** Fetches the code ahead of its use: the pointer or the focus is on what opens it. */
  prefetch: () => void;
}

/** A part of the page that a first visit does without; it is fetched when it is first shown. */
export function lazy(load: () => Promise<ComponentType>): Lazy {
  let Loaded: ComponentType | null = null;
  const fetchCode = once(async () => {
    Loaded = await part(load());
  });
  const prefetch = () => {
    fetchCode().catch(() => {}); // reported when it is used
  };
  function Part({ onMissing }: { onMissing: () => void }) {
    const [, setFetched] = useState(Loaded !== null);
    // Also asked where the code is there by now: it may have come after this was drawn.
    useEffect(() => {
      fetchCode().then(
        () => setFetched(true),
        (error: unknown) => {
          toast(asApiError(error).message, { label: 'Reload', run: () => location.reload() });
          onMissing();
        },
      );
    }, []);
    return Loaded && <Loaded />;
  }
  return { Part, prefetch };
}
