import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestObject, PartDigests } from '../src/part-digests.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function digestsOf(parts: readonly Uint8Array[]) {
  const digests = new PartDigests();
  for (const part of parts) {
    // A part may be added in several pieces.
    digests.add(part.subarray(0, 1));
    digests.add(part.subarray(1));
    digests.endPart();
  }
  return digests.end();
}

/** The bytes in pieces of the given sizes, in turn. */
async function* inPieces(bytes: Uint8Array, sizes: readonly number[]) {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const part = fc.uint8Array({ minLength: 1, maxLength: 20 });

test('PartDigests returns the digest of the whole object and of each part', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      expect(digestsOf(parts)).toEqual({
        sha256: sha256(Buffer.concat(parts)),
        parts: parts.map((one) => ({ bytes: one.length, sha256: sha256(one) })),
      });
    }),
  );
});

test('digestObject finds exactly the parts whose bytes differ, in whatever pieces the object arrives', async () => {
  const given = fc.record({
    parts: fc.array(part, { minLength: 1, maxLength: 5 }),
    wrong: fc.array(fc.nat(4), { maxLength: 2 }),
    more: fc.uint8Array({ maxLength: 3 }),
    sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ parts, wrong, more, sizes }) => {
      const differing = new Set(wrong.filter((at) => at < parts.length));
      const is = parts.map((one, at) =>
        differing.has(at) ? one.map((byte, place) => (place === 0 ? byte ^ 1 : byte)) : one,
      );
      const bytes = Buffer.concat([...is, more]);
      if (more.length > 0) differing.add(parts.length - 1);
      const digested = await digestObject(inPieces(bytes, sizes), digestsOf(parts).parts);
      expect(digested).toEqual({
        sha256: sha256(bytes),
        bytes: bytes.length,
        differing: [...differing].map((at) => at + 1).sort((a, b) => a - b),
      });
    }),
  );
});

test('an object that is cut off differs from the cut on; without known parts it is only measured', async () => {
  const { parts } = digestsOf([Buffer.from('abc'), Buffer.from('def'), Buffer.from('ghi')]);
  expect((await digestObject(inPieces(Buffer.from('abcd'), [3]), parts)).differing).toEqual([2, 3]);
  expect((await digestObject(inPieces(Buffer.from('abc'), [3]), parts)).differing).toEqual([2, 3]);
  expect(await digestObject(inPieces(Buffer.from('abc'), [2]), [])).toEqual({
    sha256: sha256(Buffer.from('abc')),
    bytes: 3,
    differing: [],
  });
});
