// Sabotages of the receive loop: gate, pollers, drain, breakers.
import type { Sabotage } from './sabotage.ts';

const GATE = 'services/consumer/src/gate.ts';
const POLLER = 'services/consumer/src/poller.ts';
const HANDLER = 'services/consumer/src/handler.ts';
const BREAKER = 'packages/aws/src/breaker.ts';

export const RECEIVING: readonly Sabotage[] = [
  {
    name: 'a slot of the gate is never released after a failure',
    patches: [{ file: GATE, in: 'createGate', at: { property: 'failed' }, instead: '() => {}' }],
  },
  {
    name: 'a slot of the gate is released twice',
    patches: [
      {
        file: POLLER,
        in: 'Poller.#failed',
        at: { call: 'gate.failed' },
        insteadOfStatement: 'gate.failed(); gate.failed();',
      },
    ],
  },
  {
    name: 'the memory of a receive is never released',
    patches: [{ file: GATE, in: 'createGate.handled', at: { assignmentTo: 'held' }, insteadOfStatement: '' }],
  },
  {
    name: 'a poller receives while a breaker is open',
    patches: [
      { file: GATE, in: 'createGate.enter', at: { call: 'breaker.whenClosed' }, instead: 'breaker.open' },
      { file: GATE, in: 'createGate.enter', at: { call: 'breakers.some' }, instead: 'false' },
    ],
  },
  {
    name: 'a breaker that opens before a poller has its slot is overlooked',
    patches: [{ file: GATE, in: 'createGate.enter', at: { call: 'breakers.some' }, instead: 'false' }],
  },
  {
    name: 'a breaker never closes again',
    patches: [{ file: BREAKER, in: 'createBreaker.close', at: { call: 'waiting.resolve' }, insteadOfStatement: '' }],
  },
  {
    name: 'a poller receives again before its receive is handled',
    patches: [
      {
        file: POLLER,
        in: 'Poller.#handle',
        at: { call: 'handler.handle' },
        insteadOfStatement: 'void handler.handle(messages);',
      },
    ],
  },
  {
    name: 'a drain leaves its long poll open',
    patches: [{ file: POLLER, in: 'Poller.stop', at: { argumentOf: 'stop', index: 0 }, instead: '{ abort: false }' }],
  },
  {
    name: 'a drain lets its pollers receive again',
    patches: [
      { file: GATE, in: 'createGate.close', at: { assignmentTo: 'closed' }, insteadOfStatement: '' },
      { file: POLLER, in: 'drainPollers', at: { call: 'stopping.abort' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'what is received while draining is not released',
    patches: [{ file: HANDLER, in: '#handleReceive', at: { call: 'this.#release' }, instead: 'undefined' }],
  },
  {
    name: 'the visibility is not sent with the receive',
    patches: [{ file: POLLER, in: 'Poller.constructor', at: { property: 'visibilityTimeout' }, instead: 'undefined' }],
  },
];
