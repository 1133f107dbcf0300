// Plays a run at a pace that people can follow. The run itself took less than a second, because its clock is moved.
import { useEffect, useState } from 'react';
import {
  advanced,
  isAtEnd,
  isPlaying,
  type PlaybackState,
  paceOf,
  pausedAt,
  playFrom,
  type Track,
} from './playback.ts';

export interface Playback extends Track {
  readonly position: number;
  readonly isPlaying: boolean;
  readonly isAtEnd: boolean;
  readonly play: () => void;
  readonly goTo: (position: number) => void;
}

export interface PlaybackOptions extends Track {
  /** Duration of playing the whole run. */
  readonly durationMs: number;
  /** Starts playing automatically. */
  readonly autoplay: boolean;
}

const prefersReducedMotion = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

export function usePlayback({ last, isGrowing, durationMs, autoplay }: PlaybackOptions): Playback {
  const track: Track = { last, isGrowing };
  const [stored, setState] = useState<PlaybackState>({ position: 0, wantsPlay: autoplay });
  // The run may have been replaced by a shorter one since the position was chosen.
  const state = advanced(stored, track, 0);
  const { position, wantsPlay } = state;
  const isAdvancing = wantsPlay && position < last;
  useEffect(() => {
    if (!isAdvancing) return;
    const { tickMs, step } = paceOf(last, durationMs);
    const timer = setTimeout(
      () => setState((current) => advanced(current, track, prefersReducedMotion() ? last : step)),
      tickMs,
    );
    return () => clearTimeout(timer);
  }, [isAdvancing, last, position]);
  return {
    ...track,
    position,
    isPlaying: isPlaying(state, track),
    isAtEnd: isAtEnd(state, track),
    play: () => setState(playFrom(state, track)),
    goTo: (to) => setState(pausedAt(to, track)),
  };
}
