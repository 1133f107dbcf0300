// Sabotages of the receive loop: gate, pollers, drain, breakers.
import type { Sabotage } from './sabotage.ts';

const GATE = 'services/consumer/src/gate.ts';
const POLLER = 'services/consumer/src/poller.ts';
const HANDLER = 'services/consumer/src/handler.ts';
const BREAKER = 'packages/aws/src/breaker.ts';

export const RECEIVING: readonly Sabotage[] = [
  {
    name: 'a slot of the gate is never released after a failure',
    patches: [{ file: GATE, find: 'failed: giveSlotBack', replace: 'failed: () => {}' }],
  },
  {
    name: 'a slot of the gate is released twice',
    patches: [
      {
        file: POLLER,
        find: "if (this.sign.state === 'receiving') gate.failed();",
        replace: 'gate.failed(); gate.failed();',
      },
    ],
  },
  {
    name: 'the memory of a receive is never released',
    patches: [{ file: GATE, find: 'held -= characters;', replace: '' }],
  },
  {
    name: 'a poller receives while a breaker is open',
    patches: [
      { file: GATE, find: 'await breaker.whenClosed(signal);', replace: 'await breaker.open;' },
      { file: GATE, find: 'if (!breakers.some(({ open }) => open)) return;', replace: 'return;' },
    ],
  },
  {
    name: 'a breaker that opens before a poller has its slot is overlooked',
    patches: [{ file: GATE, find: 'if (!breakers.some(({ open }) => open)) return;', replace: 'return;' }],
  },
  {
    name: 'a breaker never closes again',
    patches: [{ file: BREAKER, find: 'waiting.resolve();', replace: '' }],
  },
  {
    name: 'a poller receives again before its receive is handled',
    patches: [{ file: POLLER, find: 'await handler.handle(messages);', replace: 'void handler.handle(messages);' }],
  },
  {
    name: 'a drain leaves its long poll open',
    patches: [{ file: POLLER, find: 'this.#consumer.stop({ abort: true });', replace: 'this.#consumer.stop();' }],
  },
  {
    name: 'a drain lets its pollers receive again',
    patches: [
      { file: GATE, find: 'closed = true;', replace: '' },
      { file: POLLER, find: "stopping.abort(new Error('the process ends'));", replace: '' },
    ],
  },
  {
    name: 'what is received while draining is not released',
    patches: [
      {
        file: HANDLER,
        find: 'if (this.#leaving) return this.#release(messages, {});',
        replace: 'if (this.#leaving) return;',
      },
    ],
  },
  {
    name: 'the visibility is not sent with the receive',
    patches: [{ file: POLLER, find: 'visibilityTimeout: shared.visibilitySeconds,', replace: '' }],
  },
];
