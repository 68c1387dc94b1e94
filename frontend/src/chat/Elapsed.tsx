import { useEffect, useState } from 'preact/hooks';
import { workTime } from './steps';

const TICK_MS = 100;

/** Time since `from` (ms since 1970, this device's clock); it ticks. */
export function Elapsed({ from }: { from: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <span class="num">{workTime(now - from)}</span>;
}
