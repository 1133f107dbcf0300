// A run takes less than a second, because its clock is moved: it is played at a pace that one can follow.
import { useEffect, useState } from 'react';

const TICK_MS = 120;
/** However long a run is, it is played in about this number of ticks. */
const TICKS = 70;

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
    const timer = setTimeout(
      () => setShown((now) => (isCalm() ? total : Math.min(total, now + Math.max(1, Math.ceil(total / TICKS))))),
      TICK_MS,
    );
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
