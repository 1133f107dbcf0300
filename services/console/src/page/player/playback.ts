// Where a player is in a run, and how it moves on. Pure: a test runs it without a browser.

/** What is played: positions from 0 to `last`. */
export interface Track {
  readonly last: number;
  /** More positions may come: the run goes on. */
  readonly isGrowing: boolean;
}

export interface Place {
  readonly position: number;
  readonly wantsPlay: boolean;
}

/** However long a run is, it is played in about `playedMs`: how long one step is shown, and how many positions it goes on. */
export function paceOf(last: number, playedMs: number): { readonly tickMs: number; readonly step: number } {
  const tickMs = Math.min(LONGEST_TICK_MS, Math.max(SHORTEST_TICK_MS, playedMs / Math.max(1, last)));
  return { tickMs, step: Math.max(1, Math.round((last * tickMs) / playedMs)) };
}
const SHORTEST_TICK_MS = 100;
const LONGEST_TICK_MS = 600;

export const isAtEnd = ({ position }: Place, { last, isGrowing }: Track): boolean => !isGrowing && position >= last;

export const isPlaying = (place: Place, track: Track): boolean => place.wantsPlay && !isAtEnd(place, track);

/** From the beginning, if it is at the end. */
export const playFrom = (place: Place, track: Track): Place => ({
  position: isAtEnd(place, track) ? 0 : place.position,
  wantsPlay: true,
});

/** A person who moves by hand wants to look. */
export const pausedAt = (position: number, { last }: Track): Place => ({
  position: Math.max(0, Math.min(last, position)),
  wantsPlay: false,
});

/** After one step of the pace. */
export const advanced = (place: Place, { last }: Track, step: number): Place => ({
  ...place,
  position: Math.min(last, place.position + step),
});
