// Reads again every two seconds while the element is visible, for the fault counts and the lab's clock.
import { useEffect, useState } from 'react';
import { useGet } from '../client.ts';

const EVERY_MS = 2000;

export function useOften<T>(path: string | null, everyMs = EVERY_MS) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTurn((now) => now + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return useGet<T>(path, turn);
}
