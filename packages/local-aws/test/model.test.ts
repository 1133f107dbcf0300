// Random operations in random order: the engine against a model so simple that it is obviously right.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTestEngine, type Received } from './support/engine.ts';

interface Known {
  readonly body: string;
  readonly group: string;
  readonly delayedUntil: number;
  invisibleUntil: number;
  handle: string;
}

const VISIBILITY_S = 10;

/** A queue as a plain list, searched from the front for everything. */
class Model {
  readonly messages: Known[] = [];
  now = 0;

  #busy(message: Known): boolean {
    return message.delayedUntil > this.now || message.invisibleUntil > this.now;
  }

  counts(): number[] {
    const delayed = this.messages.filter((message) => message.delayedUntil > this.now).length;
    const inFlight = this.messages.filter((message) => message.invisibleUntil > this.now).length;
    return [this.messages.length - delayed - inFlight, inFlight, delayed];
  }

  /** By group, the messages that a receive may return, in order. */
  receivable(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    const locked = new Set<string>();
    for (const message of this.messages) {
      if (this.#busy(message)) locked.add(message.group);
      if (locked.has(message.group)) continue;
      groups.set(message.group, [...(groups.get(message.group) ?? []), message.body]);
    }
    return groups;
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('send' as const), group: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('receive' as const),
      max: fc.integer({ min: 1, max: 10 }),
      visibility: fc.constantFrom(0, VISIBILITY_S),
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('delete' as const), which: fc.nat(50) }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('change' as const), which: fc.nat(50), seconds: fc.constantFrom(0, 3, 30) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 12 }) }) },
);

test('a FIFO queue behaves like a list that is searched from its front', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), fc.constantFrom(0, 2), (steps, delay) => {
      const { engine, create, send, receive, remove, counts, pass } = createTestEngine();
      const url = create('q.fifo', { DelaySeconds: String(delay) });
      const model = new Model();
      const handles: { message: Known; handle: Received }[] = [];
      let number = 0;

      for (const one of steps) {
        if (one.op === 'send') {
          number += 1;
          const body = `m${number}`;
          send(url, body, `g${one.group}`);
          model.messages.push({
            body,
            group: `g${one.group}`,
            delayedUntil: model.now + delay,
            invisibleUntil: 0,
            handle: '',
          });
        } else if (one.op === 'receive') {
          const receivable = model.receivable();
          const room = [...receivable.values()].reduce((sum, bodies) => sum + bodies.length, 0);
          const got = receive(url, { MaxNumberOfMessages: one.max, VisibilityTimeout: one.visibility });
          expect(got).toHaveLength(Math.min(room, one.max));
          for (const [group, bodies] of receivable) {
            const ofGroup = got.filter((message) => message.Attributes.MessageGroupId === group);
            expect(ofGroup.map((message) => message.Body)).toEqual(bodies.slice(0, ofGroup.length));
          }
          for (const handle of got) {
            const message = model.messages.find((known) => known.body === handle.Body);
            if (message === undefined) throw new Error(`${handle.Body} was deleted`);
            message.invisibleUntil = one.visibility === 0 ? 0 : model.now + one.visibility;
            message.handle = handle.ReceiptHandle;
            handles.push({ message, handle });
          }
        } else if (one.op === 'pass') {
          pass(one.seconds);
          model.now += one.seconds;
        } else {
          const known = handles[one.which % Math.max(1, handles.length)];
          if (known === undefined) continue;
          const { message, handle } = known;
          const there = model.messages.includes(message);
          const valid = there && message.handle === handle.ReceiptHandle && message.invisibleUntil > model.now;
          if (one.op === 'delete') {
            if (valid || !there) remove(url, handle);
            else expect(() => remove(url, handle)).toThrow('The receipt handle has expired');
            if (valid) model.messages.splice(model.messages.indexOf(message), 1);
          } else {
            const change = () =>
              engine.call('ChangeMessageVisibility', {
                QueueUrl: url,
                ReceiptHandle: handle.ReceiptHandle,
                VisibilityTimeout: one.seconds,
              });
            if (valid) {
              change();
              message.invisibleUntil = one.seconds === 0 ? 0 : model.now + one.seconds;
            } else {
              expect(change).toThrow('parameter ReceiptHandle is invalid');
            }
          }
        }
        expect(counts(url)).toEqual(model.counts());
      }
    }),
    { numRuns: 300 },
  );
});
