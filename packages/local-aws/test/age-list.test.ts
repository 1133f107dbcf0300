// Messages sorted by age, though some are added late and some are removed.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AgeList } from '../src/sqs/age-list.ts';
import { Message } from '../src/sqs/message.ts';

let made = 0;
function messageOf(enqueuedOn: number): Message {
  made += 1;
  const draft = { body: String(made), bodyMd5: '', attributes: undefined, traceHeader: undefined };
  const ids = { groupId: undefined, deduplicationId: undefined };
  return new Message({ idBase: '', idNumber: made }, made, { ...draft, ...ids }, enqueuedOn);
}

test('an age list orders messages by age, then by arrival, read from either end', () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat(20) }),
    fc.record({ remove: fc.nat(30) }),
    fc.record({ clear: fc.constant(true) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const list = new AgeList();
      let expected: Message[] = [];
      for (const one of steps) {
        if ('add' in one) {
          const message = messageOf(one.add);
          list.add(message);
          const behind = expected.findIndex(({ enqueuedOn }) => enqueuedOn > message.enqueuedOn);
          expected.splice(behind === -1 ? expected.length : behind, 0, message);
        } else if ('remove' in one) {
          const message = expected[one.remove % Math.max(1, expected.length)];
          if (message !== undefined) list.remove(message);
          expected = expected.filter((other) => other !== message);
        } else if (steps.indexOf(one) % 7 === 0) {
          // Only some of the clears, so that lists become long.
          list.clear();
          expected = [];
        }
        const orders = expected.map(({ order }) => order);
        expect(Array.from(list, ({ order }) => order)).toEqual(orders);
        const back: number[] = [];
        for (let message = expected.at(-1); message !== undefined; message = message.older) back.unshift(message.order);
        expect(back).toEqual(orders);
        for (const ms of [-1, 0, 10, 20]) {
          const isThere = expected[0] !== undefined && expected[0].enqueuedOn <= ms;
          expect(list.oldestBefore(ms)?.order).toBe(isThere ? orders[0] : undefined);
        }
      }
    }),
    { numRuns: 50 },
  );
});
