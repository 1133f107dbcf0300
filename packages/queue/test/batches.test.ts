// The size of a message and the end of a batch, exactly at each limit.
import { describe, expect, test } from '@jest/globals';
import { attributesBytes, BATCH_BYTES, batchesOf, messageBytes } from '../src/index.ts';

const messagesOf = (...sizes: readonly number[]) =>
  sizes.map((bytes, index) => ({ body: 'x'.repeat(bytes), groupId: 'g', deduplicationId: String(index) }));
const batchSizes = (sizes: readonly number[], limit?: number) =>
  [...batchesOf(messagesOf(...sizes), limit)].map((batch) => batch.map(({ body }) => body.length));

describe('the size of a message', () => {
  test('is the bytes of its body in UTF-8', () => {
    expect(messageBytes({ body: 'aü€' })).toBe(6);
  });

  test('includes name, type and value of each attribute', () => {
    const attributes = {
      name: { DataType: 'String', StringValue: 'ü' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array(5) },
    };
    expect(attributesBytes({})).toBe(0);
    expect(attributesBytes(attributes)).toBe(4 + 6 + 2 + 3 + 6 + 5);
    expect(messageBytes({ body: 'abc', attributes })).toBe(3 + 26);
  });
});

describe('a batch', () => {
  test('ends at ten messages: exactly ten are one batch, an eleventh begins another', () => {
    expect(batchSizes(Array.from({ length: 10 }, () => 1))).toEqual([Array.from({ length: 10 }, () => 1)]);
    expect(batchSizes(Array.from({ length: 21 }, () => 1)).map(({ length }) => length)).toEqual([10, 10, 1]);
    expect(batchSizes([])).toEqual([]);
  });

  test('ends at the limit in bytes: a message that just fits is in it, one byte more is not', () => {
    expect(batchSizes([40, 60, 1, 99], 100)).toEqual([
      [40, 60],
      [1, 99],
    ]);
    expect(batchSizes([40, 61, 39], 100)).toEqual([[40], [61, 39]]);
  });

  test('counts attributes too', () => {
    // 10 bytes each: five of the body, and `n`, `S` and three of the value.
    const message = { body: 'xxxxx', groupId: 'g', deduplicationId: 'd' };
    const attributes = { n: { DataType: 'S', StringValue: 'abc' } };
    const messagesWithAttributes = (count: number) => Array.from({ length: count }, () => ({ ...message, attributes }));
    expect([...batchesOf(messagesWithAttributes(3), 20)].map(({ length }) => length)).toEqual([2, 1]);
    expect([...batchesOf(messagesWithAttributes(3), 19)].map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test('counts from 0 again, whether ten messages or the bytes ended the last batch', () => {
    const ten = Array.from({ length: 10 }, () => 9);
    expect(batchSizes([...ten, 50, 50, 1], 100)).toEqual([ten, [50, 50], [1]]);
    expect(batchSizes([60, 60, 40, 60, 40], 100)).toEqual([[60], [60, 40], [60, 40]]);
  });

  test('contains only one message when that message is over the limit, so that the caller can refuse it', () => {
    expect(batchSizes([101, 1], 100)).toEqual([[101], [1]]);
    expect(batchSizes([1, 101, 1], 100)).toEqual([[1], [101], [1]]);
  });

  test('has up to a mebibyte by default', () => {
    expect(BATCH_BYTES).toBe(1024 * 1024);
    expect(batchSizes([BATCH_BYTES - 1, 1, 1]).map(({ length }) => length)).toEqual([2, 1]);
  });

  test('is made lazily: its messages are generated only when it is requested', () => {
    let generated = 0;
    function* endless() {
      for (;;) {
        generated += 1;
        yield { body: 'x', groupId: 'g', deduplicationId: String(generated) };
      }
    }
    const batches = batchesOf(endless());
    expect(generated).toBe(0);
    batches.next();
    expect(generated).toBe(10);
    batches.next();
    expect(generated).toBe(20);
  });
});
