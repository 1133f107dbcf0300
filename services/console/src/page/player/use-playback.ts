// Plays a run at a pace that people can follow. The run itself took less than a second, because its clock is moved.
import { useEffect, useState } from 'react';
import { advanced, isAtEnd, isPlaying, type Place, paceOf, pausedAt, playFrom, type Track } from './playback.ts';

export interface Playback extends Track {
  readonly position: number;
  readonly isPlaying: boolean;
  readonly isAtEnd: boolean;
  readonly play: () => void;
  readonly goTo: (position: number) => void;
}

export interface PlaybackOptions extends Track {
  /** Duration of playing the whole run. */
  readonly playedMs: number;
  /** Starts playing automatically. */
  readonly starts: boolean;
}

const isCalm = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

export function usePlayback({ last, isGrowing, playedMs, starts }: PlaybackOptions): Playback {
  const track: Track = { last, isGrowing };
  const [wanted, setPlace] = useState<Place>({ position: 0, wantsPlay: starts });
  // The run may have been replaced by a shorter one since the position was chosen.
  const place = advanced(wanted, track, 0);
  const { position, wantsPlay } = place;
  const moves = wantsPlay && position < last;
  useEffect(() => {
    if (!moves) return;
    const { tickMs, step } = paceOf(last, playedMs);
    const timer = setTimeout(() => setPlace((now) => advanced(now, track, isCalm() ? last : step)), tickMs);
    return () => clearTimeout(timer);
  }, [moves, last, position]);
  return {
    ...track,
    position,
    isPlaying: isPlaying(place, track),
    isAtEnd: isAtEnd(place, track),
    play: () => setPlace(playFrom(place, track)),
    goTo: (to) => setPlace(pausedAt(to, track)),
  };
}
