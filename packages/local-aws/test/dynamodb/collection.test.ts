// A collection counts its entries and bytes, in all and by partition, whatever is put, replaced and deleted.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Collection, type Entry } from '../../src/dynamodb/storage/collection.ts';

const entry = fc.record({
  hash: fc.constantFrom('p', 'q'),
  order: fc.constantFrom('a', 'b', 'c'),
  bytes: fc.integer({ min: 1, max: 1000 }),
});
const step = fc.record({ isDelete: fc.boolean(), entry });

const bytesOf = (entries: readonly Pick<Entry, 'bytes'>[]) => entries.reduce((sum, { bytes }) => sum + bytes, 0);

test('a collection’s counts and bytes follow puts, replacements and deletions, and empty partitions are removed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const collection = new Collection();
      const model = new Map<string, Entry>();
      for (const { isDelete, entry: given } of steps) {
        const key = `${given.hash} ${given.order}`;
        if (isDelete) {
          collection.delete(given);
          model.delete(key);
        } else {
          collection.set({ ...given, item: {} });
          model.set(key, { ...given, item: {} });
        }
        const all = [...model.values()];
        expect([collection.count, collection.bytes]).toEqual([all.length, bytesOf(all)]);
        for (const hash of ['p', 'q']) {
          const own = all.filter((one) => one.hash === hash);
          expect(collection.partition(hash)?.bytes).toBe(own.length === 0 ? undefined : bytesOf(own));
        }
        expect([...collection.all()]).toHaveLength(all.length);
      }
    }),
  );
});
