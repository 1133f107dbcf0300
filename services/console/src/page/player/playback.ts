// The position of a player in a run, and how it advances. Pure: a test runs it without a browser.

/** What is played: positions from 0 to `last`. */
export interface Track {
  readonly last: number;
  /** The run continues, so that more positions may follow. */
  readonly isGrowing: boolean;
}

export interface Place {
  readonly position: number;
  readonly wantsPlay: boolean;
}

/** The pace that plays any run in about `playedMs`: the duration of a step, and the number of positions per step. */
export function paceOf(last: number, playedMs: number): { readonly tickMs: number; readonly step: number } {
  const tickMs = Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, playedMs / Math.max(1, last)));
  return { tickMs, step: Math.max(1, Math.round((last * tickMs) / playedMs)) };
}
const MIN_TICK_MS = 100;
const MAX_TICK_MS = 600;

export const isAtEnd = ({ position }: Place, { last, isGrowing }: Track): boolean => !isGrowing && position >= last;

export const isPlaying = (place: Place, track: Track): boolean => place.wantsPlay && !isAtEnd(place, track);

/** Plays; starts over if it is at the end. */
export const playFrom = (place: Place, track: Track): Place => ({
  position: isAtEnd(place, track) ? 0 : place.position,
  wantsPlay: true,
});

/** Moves to a position and pauses. */
export const pausedAt = (position: number, { last }: Track): Place => ({
  position: Math.max(0, Math.min(last, position)),
  wantsPlay: false,
});

/** The state after one step. */
export const advanced = (place: Place, { last }: Track, step: number): Place => ({
  ...place,
  position: Math.min(last, place.position + step),
});
