// The time at the console's server, for countdowns: its clock and this browser's may differ.
import { useEffect, useState } from 'react';
import { useLive } from './live.ts';

const TICK_MS = 1000;

/** Milliseconds since the epoch at the server; a new value each second while `isCounting`. */
export function useServerNow(isCounting: boolean): number {
  const aheadMs = useLive((live) => live.aheadMs);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isCounting) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isCounting]);
  return now + aheadMs;
}
