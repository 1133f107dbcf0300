// The first-in, first-out list in chunks.

import { expect, test } from '@jest/globals';
import { ChunkedList } from '../src/sqs/chunked-list.ts';

// A chunk has 1,024 values.
test('a chunked list returns values in the order in which they were added, across chunks', () => {
  const chunks = new ChunkedList<number>();
  for (const round of [0, 1]) {
    for (let value = 0; value < 2050; value += 1) chunks.push(value);
    for (let value = 0; value < 2050; value += 1) {
      expect([round, chunks.first]).toEqual([round, value]);
      chunks.shift();
    }
    expect(chunks.first).toBeUndefined();
  }
});

test.each([1, 1024, 1025, 3000])(
  'a chunked list with %d values is empty after clear(), and can be used again',
  (count) => {
    const chunks = new ChunkedList<number>();
    for (let value = 0; value < count; value += 1) chunks.push(value);
    chunks.shift();
    chunks.clear();
    expect(chunks.first).toBeUndefined();
    chunks.shift();
    for (const value of [7, 8]) chunks.push(value);
    expect(chunks.first).toBe(7);
    chunks.shift();
    expect(chunks.first).toBe(8);
  },
);
