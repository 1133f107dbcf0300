// Sabotages of the receive loop: of its gate, pollers, drain and circuit breakers.
import type { Sabotage } from './sabotage.ts';

const GATE = 'services/consumer/src/gate.ts';
const POLLER = 'services/consumer/src/poller.ts';
const HANDLER = 'services/consumer/src/handler.ts';
const BREAKER = 'packages/aws/src/breaker.ts';

export const RECEIVE_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a slot of the gate is never released after a failure',
    about: 'A receive that failed keeps its slot: in the end no poller receives.',
    patches: [{ file: GATE, in: 'createGate', at: { property: 'failed' }, instead: '() => {}' }],
  },
  {
    name: 'a slot of the gate is released twice',
    about: 'A failed receive releases two slots: more receives are open than the gate allows.',
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
    about: 'The memory budget of a receive is never released: in the end no poller receives.',
    patches: [
      { file: GATE, in: 'createGate.handled', at: { assignmentTo: 'charactersInProcess' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'a poller receives while a breaker is open',
    about: 'A consumer receives messages that it cannot store, because SQS or DynamoDB is unreachable.',
    patches: [
      { file: GATE, in: 'createGate.enter', at: { call: 'breaker.whenClosed' }, instead: 'breaker.open' },
      { file: GATE, in: 'createGate.enter', at: { call: 'breakers.some' }, instead: 'false' },
    ],
  },
  {
    name: 'a breaker that opens before a poller has its slot is overlooked',
    about: 'A poller that has waited for its slot does not check again whether a breaker has opened meanwhile.',
    patches: [{ file: GATE, in: 'createGate.enter', at: { call: 'breakers.some' }, instead: 'false' }],
  },
  {
    name: 'a breaker never closes again',
    about: 'After an outage the consumer never learns that the service is back.',
    patches: [{ file: BREAKER, in: 'createBreaker.close', at: { call: 'closed.resolve' }, insteadOfStatement: '' }],
  },
  {
    name: 'a poller receives again before its receive is handled',
    about: 'A poller receives more while its last messages are still being stored.',
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
    about: 'A process that stops leaves a receive open, which takes messages that it never handles.',
    patches: [{ file: POLLER, in: 'Poller.stop', at: { argumentOf: 'stop', index: 0 }, instead: '{ abort: false }' }],
  },
  {
    name: 'a drain lets its pollers receive again',
    about: 'A process that stops continues to receive.',
    patches: [
      { file: GATE, in: 'createGate.close', at: { assignmentTo: 'isClosed' }, insteadOfStatement: '' },
      { file: POLLER, in: 'drainPollers', at: { call: 'stopping.abort' }, insteadOfStatement: '' },
    ],
  },
  {
    name: 'what is received while draining is not released',
    about: 'Messages that a stopping process still receives stay invisible for the whole visibility timeout.',
    patches: [{ file: HANDLER, in: '#handleReceive', at: { call: 'this.#release' }, instead: 'undefined' }],
  },
  {
    name: 'the visibility is not sent with the receive',
    about: 'Receives take the queue’s visibility timeout instead of the consumer’s own.',
    patches: [{ file: POLLER, in: 'Poller.constructor', at: { property: 'visibilityTimeout' }, instead: 'undefined' }],
  },
];
