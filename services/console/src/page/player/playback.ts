// The position of a player in a run, and how it advances. Pure: a test runs it without a browser.

/** What is played: positions from 0 to `last`. */
export interface Track {
  readonly last: number;
  /** The run continues, so that more positions may follow. */
  readonly isGrowing: boolean;
}

export interface PlaybackState {
  readonly position: number;
  readonly wantsPlay: boolean;
}

/** The pace that plays any run in about `durationMs`: the duration of a step, and the number of positions per step. */
export function paceOf(last: number, durationMs: number): { readonly tickMs: number; readonly step: number } {
  const tickMs = Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, durationMs / Math.max(1, last)));
  return { tickMs, step: Math.max(1, Math.round((last * tickMs) / durationMs)) };
}
const MIN_TICK_MS = 100;
const MAX_TICK_MS = 600;

export const isAtEnd = ({ position }: PlaybackState, { last, isGrowing }: Track): boolean =>
  !isGrowing && position >= last;

export const isPlaying = (state: PlaybackState, track: Track): boolean => state.wantsPlay && !isAtEnd(state, track);

/** Plays; starts over if it is at the end. */
export const playFrom = (state: PlaybackState, track: Track): PlaybackState => ({
  position: isAtEnd(state, track) ? 0 : state.position,
  wantsPlay: true,
});

/** Moves to a position and pauses. */
export const pausedAt = (position: number, { last }: Track): PlaybackState => ({
  position: Math.max(0, Math.min(last, position)),
  wantsPlay: false,
});

/** The state after one step. */
export const advanced = (state: PlaybackState, { last }: Track, step: number): PlaybackState => ({
  ...state,
  position: Math.min(last, state.position + step),
});
