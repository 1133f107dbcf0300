// The state of a part is `s` when it is written, else `.`. A cell has a shade from 0 to 4.
import { expect, test } from '@jest/globals';
import { shadesOf } from '../src/page/map/part-cells.ts';

test('few parts have a cell each', () => {
  expect(shadesOf('s.s')).toEqual([4, 0, 4]);
  expect(shadesOf('')).toEqual([]);
});

test('many parts share cells: fully shaded when all are written, unshaded when none is', () => {
  const cells = shadesOf(`${'s'.repeat(10)}s.........${'s'.repeat(9)}.${'.'.repeat(1970)}`);
  expect(cells).toHaveLength(200);
  expect(cells.slice(0, 4)).toEqual([4, 1, 3, 0]);
});
