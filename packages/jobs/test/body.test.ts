// The body of an upload: a buffer up to a limit. A larger one is read once for its size and checksum, and once more for
// each attempt of the upload.
import { crc32 } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bodyOf } from '../src/body.ts';

function source(chunks: readonly Uint8Array[]) {
  const state = { opened: 0 };
  async function* open() {
    state.opened += 1;
    yield* chunks;
  }
  return { state, open };
}

const pieces = (...lengths: number[]) => lengths.map((length, at) => new Uint8Array(length).fill(at + 1));

describe('the body of an upload', () => {
  test('has exactly the bytes of the chunks, buffered or streamed, whatever their sizes and the estimate', async () => {
    // Without `size`, fast-check makes chunks of a few bytes, which fit into every buffer.
    const chunks = fc.array(fc.uint8Array({ maxLength: 300, size: 'max' }), { maxLength: 12, size: 'max' });
    await fc.assert(
      fc.asyncProperty(
        chunks,
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 2000 }),
        async (given, movies, limitBytes) => {
          const { state, open } = source(given);
          const whole = Buffer.concat(given);
          const body = await bodyOf(open, { movies, limitBytes });
          expect(state.opened).toBe(1);
          if (body instanceof Uint8Array) {
            expect(whole.length).toBeLessThanOrEqual(limitBytes);
            expect(Buffer.from(body)).toEqual(whole);
            return;
          }
          expect(whole.length).toBeGreaterThan(limitBytes);
          const checksum = Buffer.alloc(4);
          checksum.writeUInt32BE(crc32(whole));
          expect(body).toMatchObject({ bytes: whole.length, crc32: checksum.toString('base64') });
          for (let attempt = 0; attempt < 2; attempt += 1) {
            const again: Uint8Array[] = [];
            for await (const chunk of body.open()) again.push(chunk);
            expect(Buffer.concat(again)).toEqual(whole);
          }
          expect(state.opened).toBe(3);
        },
      ),
      // Shrinking large chunks takes minutes.
      { endOnFailure: true },
    );
  });

  test.each([
    [pieces(600, 400), true],
    [pieces(600, 401), false],
    [pieces(1001), false],
    [pieces(600, 401, 1), false],
  ])('is buffered up to the limit, and streamed from one byte more (case %#)', async (chunks, isBuffered) => {
    const body = await bodyOf(source(chunks).open, { movies: 1, limitBytes: 1000 });
    expect(body instanceof Uint8Array).toBe(isBuffered);
  });

  test('reserves no more memory than the limit, whatever the estimate', async () => {
    const reserved = async (movies: number, ...lengths: number[]) => {
      const body = await bodyOf(source(pieces(...lengths)).open, { movies, limitBytes: 100_000 });
      return body instanceof Uint8Array ? body.buffer.byteLength : 'streamed';
    };
    expect(await reserved(400, 80_000)).toBe(100_000);
    expect(await reserved(1e12, 80_000)).toBe(100_000);
    expect(await reserved(1e12, 80_000, 20_001)).toBe('streamed');
    // The buffer has 192 bytes a movie at first; it is doubled when it is too small.
    expect(await reserved(200, 30_000)).toBe(38_400);
    expect(await reserved(200, 30_000, 10_000)).toBe(76_800);
  });

  test('rejects when its source fails, instead of returning the first half', async () => {
    async function* broken() {
      yield new Uint8Array(3);
      throw new Error('the table is unreachable');
    }
    await expect(bodyOf(broken, { movies: 1, limitBytes: 100 })).rejects.toThrow('the table is unreachable');
  });
});
