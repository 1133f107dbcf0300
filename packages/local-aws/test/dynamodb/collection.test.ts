// A collection counts its entries and bytes, in total and by partition, after any puts, replacements and deletions.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Collection, type Entry } from '../../src/dynamodb/storage/collection.ts';

const entry = fc.record({
  hash: fc.constantFrom('p', 'q'),
  sortText: fc.constantFrom('a', 'b', 'c'),
  bytes: fc.integer({ min: 1, max: 1000 }),
});
const change = fc.record({ isDelete: fc.boolean(), entry });

const bytesOf = (entries: readonly Pick<Entry, 'bytes'>[]) => entries.reduce((sum, { bytes }) => sum + bytes, 0);

test('a collection’s counts and bytes follow puts, replacements and deletions, and empty partitions are removed', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const collection = new Collection();
      const model = new Map<string, Entry>();
      for (const { isDelete, entry: changed } of changes) {
        const key = `${changed.hash} ${changed.sortText}`;
        if (isDelete) {
          collection.delete(changed);
          model.delete(key);
        } else {
          collection.set({ ...changed, item: {} });
          model.set(key, { ...changed, item: {} });
        }
        const all = [...model.values()];
        expect([collection.count, collection.bytes]).toEqual([all.length, bytesOf(all)]);
        for (const hash of ['p', 'q']) {
          const partition = all.filter((entry) => entry.hash === hash);
          expect(collection.partition(hash)?.bytes).toBe(partition.length === 0 ? undefined : bytesOf(partition));
        }
        expect([...collection.all()]).toHaveLength(all.length);
      }
    }),
  );
});
