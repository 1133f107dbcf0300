// How a run is played: the pace, and what play, pause and the slider do.
import { expect, test } from '@jest/globals';
import { advanced, isAtEnd, isPlaying, paceOf, pausedAt, playFrom } from '../src/page/player/playback.ts';

const track = { last: 10, isGrowing: false };
const growing = { last: 10, isGrowing: true };
const at = (position: number, wantsPlay = true) => ({ position, wantsPlay });

test.each([0, 1, 7, 13, 80, 333, 5000])('a run of %i events takes about eight seconds, less if it is short', (last) => {
  const { tickMs, step } = paceOf(last, 8000);
  expect(tickMs).toBeGreaterThanOrEqual(100);
  expect(tickMs).toBeLessThanOrEqual(600);
  expect(step).toBeGreaterThanOrEqual(1);
  // A step is a whole number of events, so the time is two thirds to one and a half of what was asked for. With fewer
  // than 14 events it is shorter, because no step takes longer than 600 ms.
  expect((last / step) * tickMs).toBeLessThanOrEqual(8000 * 1.5);
  if (last >= 14) expect((last / step) * tickMs).toBeGreaterThanOrEqual(8000 / 1.5);
});

test('playback continues step by step, stops at the end, and starts over from there', () => {
  const near = advanced(at(6), track, 3);
  expect([near, isPlaying(near, track)]).toEqual([at(9), true]);
  const end = advanced(near, track, 3);
  expect([end, isPlaying(end, track), isAtEnd(end, track)]).toEqual([at(10), false, true]);
  expect(playFrom(end, track)).toEqual(at(0));
  expect(playFrom(at(4, false), track)).toEqual(at(4));
});

test('the newest event is not the end while the run continues', () => {
  expect([isPlaying(at(10), growing), isAtEnd(at(10), growing)]).toEqual([true, false]);
  expect(playFrom(at(10, false), growing)).toEqual(at(10));
  expect(isPlaying(at(10, false), growing)).toBe(false);
});

test('a manual move pauses, and stays within the run', () => {
  expect([-1, 4, 11].map((position) => pausedAt(position, track))).toEqual([at(0, false), at(4, false), at(10, false)]);
});
