// The positions of cells on the map, the cell under the pointer, and the moves by keys.
import { describe, expect, test } from '@jest/globals';
import { planJob, shapeOf } from '@movie-load/schema';
import { cellAt, cellWidth, hasNotes, LABEL_PX, LANE_PX, lanesInView, moveCell } from '../src/page/map/geometry.ts';

const shapeOfJob = (movies: number) =>
  shapeOf(planJob({ nonce: 'map', movies, movies_per_message: 1, seed: 1, generator: 1 }));
const shape = shapeOfJob(95); // 9 groups of 10, and one of 5
const large = shapeOfJob(1_000_000); // 5,000 groups of 200

test('a cell is as wide as the longest lane allows, from one to 40 pixels', () => {
  expect([hasNotes(599), hasNotes(600)]).toEqual([false, true]);
  expect(cellWidth(shape, LABEL_PX + 10 * 20)).toBe(20);
  expect(cellWidth(shape, LABEL_PX + 10 * 21 - 1)).toBe(20);
  // Beside the lanes of a wide map there is room for notes.
  expect(cellWidth(shape, 606)).toBe(40);
  expect(cellWidth(shape, 2000)).toBe(40);
  expect(cellWidth(large, 606)).toBe(2);
  expect(cellWidth(large, 100)).toBe(1);
});

describe('the cell under the pointer', () => {
  const width = LABEL_PX + 10 * 20;
  const under = (x: number, y: number) => cellAt(shape, width, x, y);

  test('is that of its lane, from the cell’s first pixel to its last', () => {
    expect(under(LABEL_PX, 0)).toEqual({ group: 0, offset: 0 });
    expect(under(LABEL_PX + 19, LANE_PX - 1)).toEqual({ group: 0, offset: 0 });
    expect(under(LABEL_PX + 20, LANE_PX)).toEqual({ group: 1, offset: 1 });
    expect(under(LABEL_PX + 199, 10 * LANE_PX - 1)).toBeUndefined();
    expect(under(LABEL_PX + 99, 10 * LANE_PX - 1)).toEqual({ group: 9, offset: 4 });
  });

  test('is undefined beside the lanes', () => {
    for (const [x, y] of [
      [LABEL_PX - 1, 0],
      [LABEL_PX + 200, 0],
      [LABEL_PX, -1],
      [LABEL_PX, 10 * LANE_PX],
      [LABEL_PX + 100, 9 * LANE_PX],
    ] as const)
      expect(under(x, y)).toBeUndefined();
  });
});

test.each([
  ['ArrowLeft', { group: 4, offset: 2 }],
  ['ArrowRight', { group: 4, offset: 4 }],
  ['ArrowUp', { group: 3, offset: 3 }],
  ['ArrowDown', { group: 5, offset: 3 }],
  ['PageUp', { group: 1, offset: 3 }],
  ['PageDown', { group: 7, offset: 3 }],
  ['Home', { group: 4, offset: 0 }],
  ['End', { group: 4, offset: 9 }],
])('%s moves the cursor from cell 3 of lane 4 to %j, with three lanes in a page', (key, cell) => {
  expect(moveCell(shape, { group: 4, offset: 3 }, key, 3)).toEqual(cell);
});

test('other keys do not move the cursor', () => {
  for (const key of ['Enter', 'a']) expect(moveCell(shape, { group: 4, offset: 3 }, key, 3)).toBeUndefined();
});

test('no key moves the cursor out of the map', () => {
  const first = { group: 0, offset: 0 };
  const last = { group: 9, offset: 4 };
  for (const key of ['ArrowLeft', 'ArrowUp', 'PageUp', 'Home']) expect(moveCell(shape, first, key, 3)).toEqual(first);
  for (const key of ['ArrowRight', 'ArrowDown', 'PageDown', 'End']) expect(moveCell(shape, last, key, 3)).toEqual(last);
  // The last lane is shorter.
  expect(moveCell(shape, { group: 8, offset: 9 }, 'ArrowDown', 3)).toEqual(last);
});

test('lanes are requested in chunks around the visible ones, and never beyond the last lane', () => {
  expect(lanesInView(large, 0, 100)).toEqual({ first: 0, count: 64 });
  expect(lanesInView(large, 64 * LANE_PX, 32 * LANE_PX)).toEqual({ first: 32, count: 96 });
  expect(lanesInView(large, 4990 * LANE_PX, 10 * LANE_PX)).toEqual({ first: 4928, count: 72 });
  expect(lanesInView(shape, 0, 2000)).toEqual({ first: 0, count: 10 });
});
