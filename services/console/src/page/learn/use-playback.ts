// A run takes less than a second, because its clock is moved: it is played at a pace that one can follow.
import { useEffect, useState } from 'react';

/** However many events a run has, it is played in about this time. */
const PLAYED_MS = 8000;
const SHORTEST_TICK_MS = 100;
const LONGEST_TICK_MS = 600;

/** How long one step is shown, and how many events it has. */
function paceOf(total: number): { readonly tickMs: number; readonly events: number } {
  const tickMs = Math.min(LONGEST_TICK_MS, Math.max(SHORTEST_TICK_MS, PLAYED_MS / Math.max(1, total)));
  return { tickMs, events: Math.max(1, Math.round((total * tickMs) / PLAYED_MS)) };
}

export interface Playback {
  /** How many events are shown. */
  readonly shown: number;
  readonly isPlaying: boolean;
  readonly isAtEnd: boolean;
  readonly play: () => void;
  readonly pause: () => void;
  readonly goTo: (shown: number) => void;
}

const isCalm = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** @param total events so far; it grows while the run goes on */
export function usePlayback(total: number, isRunning: boolean): Playback {
  const [shown, setShown] = useState(0);
  const [wantsPlay, setWantsPlay] = useState(true);
  const isBehind = shown < total;
  const isPlaying = wantsPlay && (isBehind || isRunning);
  useEffect(() => {
    if (!wantsPlay || !isBehind) return;
    const { tickMs, events } = paceOf(total);
    const timer = setTimeout(() => setShown((now) => (isCalm() ? total : Math.min(total, now + events))), tickMs);
    return () => clearTimeout(timer);
  }, [wantsPlay, isBehind, total, shown]);
  return {
    shown: Math.min(shown, total),
    isPlaying,
    isAtEnd: !isRunning && !isBehind,
    play() {
      if (!isBehind && !isRunning) setShown(0);
      setWantsPlay(true);
    },
    pause: () => setWantsPlay(false),
    goTo(to) {
      setWantsPlay(false);
      setShown(to);
    },
  };
}
