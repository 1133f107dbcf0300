// The handler over fakes and a clock that the test moves, and messages for it.
import type { CallOptions, OutgoingMessage, ReceivedMessage } from '@movie-load/aws';
import { type JobPlan, MovieLoadError } from '@movie-load/schema';
import { createVirtualClock } from '@movie-load/testing';
import { createConsumerCounters } from '../src/counters.ts';
import { createHandler, type HandlerOptions } from '../src/handler.ts';
import { createFakeQueue, loadMessage, received, testPlan } from './support.ts';

export type Store = HandlerOptions['jobs']['store'];
export type Batch = Parameters<Store>[0];

/** Message `number` of the plan, received. */
export const messageOf = (plan: JobPlan, number: number, overrides: Partial<ReceivedMessage> = {}) =>
  received(String(number), { ...loadMessage(plan, number), sentOn: 5, ...overrides });
export const poison = (id: string, overrides: Partial<ReceivedMessage> = {}) =>
  received(id, { body: 'no json', ...overrides });
export const numbersOf = ({ messages }: Batch) => messages.map(({ number }) => number);

/** Groups of ten messages. */
export const plan = testPlan(100);

interface Options {
  /** Stores a batch, or fails. Default: at once, well. */
  readonly store?: (...batch: Parameters<Store>) => Promise<unknown>;
  /** Its job was deleted. Default: no. */
  readonly isDropped?: boolean;
  readonly sendDeadLetter?: (message: OutgoingMessage, options?: CallOptions) => Promise<void>;
  readonly drainMs?: number;
  readonly pieceCharacters?: number;
  readonly queueAheadMs?: number;
}

export function setUp({
  store = async () => undefined,
  isDropped = false,
  sendDeadLetter,
  drainMs = 8000,
  pieceCharacters,
  queueAheadMs,
}: Options = {}) {
  const clock = createVirtualClock();
  const queue = createFakeQueue();
  const counters = createConsumerCounters();
  /** What happened, in order. */
  const steps: string[] = [];
  const logged: string[] = [];
  /** The facts of each log line. */
  const facts: object[] = [];
  const deadLetters: OutgoingMessage[] = [];
  const exits: { code: number; error: unknown }[] = [];
  const stored: { id: string; now: number; sentOn: number }[] = [];
  const log = (level: string) => (lineFacts: object, text: string) => {
    logged.push(`${level}: ${text}`);
    facts.push(lineFacts);
  };
  const handler = createHandler({
    queue: {
      ...queue,
      delete: async (handles, options) => {
        steps.push(`delete ${handles.map((one) => one.replace('handle-', '')).join(' ')}`);
        options?.signal?.throwIfAborted();
        return queue.delete(handles, options);
      },
      changeVisibility: async (changes, options) => {
        const seconds = changes.map((one) => `${one.receiptHandle.replace('handle-', '')}=${one.seconds}`);
        steps.push(`visibility ${seconds.join(' ')}`);
        options?.signal?.throwIfAborted();
        return queue.changeVisibility(changes, options);
      },
    },
    dlq: {
      ...createFakeQueue(),
      send: async ([message], options) => {
        if (message === undefined) throw new Error('an empty batch');
        await sendDeadLetter?.(message, options);
        deadLetters.push(message);
        steps.push(`dead-letter ${message.groupId}`);
        return [];
      },
    },
    jobs: {
      store: async (batch, options) => {
        steps.push(`store ${numbersOf(batch).join(' ')}`);
        await store(batch, options);
        steps.push(`stored ${numbersOf(batch).join(' ')}`);
        return isDropped ? 'dropped' : 'stored';
      },
    },
    clock,
    instance: 'consumer under test',
    settings: { visibilitySeconds: 60, drainMs, pieceCharacters },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    counters,
    exit: (code, error) => exits.push({ code, error }),
    queueAheadMs: queueAheadMs === undefined ? undefined : () => queueAheadMs,
    onStored: ({ messageId, sentOn }, now) => stored.push({ id: messageId, now, sentOn }),
  });
  return { clock, queue, counters, steps, logged, facts, deadLetters, exits, stored, handler };
}

export const permanentFailure = new MovieLoadError('job_incomplete', 'a failure that repeating does not help');
export const bug = Object.assign(new Error('bad request'), { name: 'ValidationException' });
/** A `store` that does not end until its signal aborts. */
export const storeUntilAborted: Store = (_, { signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

/**
 * Awaits work that must end without time passing, so that a handler that hangs fails at once instead of at the time
 * limit of a test.
 */
export async function soon<T>(promise: Promise<T>): Promise<T> {
  const late = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    throw new Error('it did not end');
  };
  return Promise.race([promise, late()]);
}
