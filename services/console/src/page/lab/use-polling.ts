// Gets a path repeatedly while the page is visible, for the fault counts and the lab's clock.
import { useEffect, useState } from 'react';
import { useGet } from '../client.ts';

const POLL_EVERY_MS = 2000;

export function usePolling<T>(path: string | null, everyMs = POLL_EVERY_MS) {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setVersion((current) => current + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return useGet<T>(path, version);
}
