// The line of a queue always has its counts; the oldest message and the groups where the endpoint reports them in time.
import { expect, test } from '@jest/globals';
import type { PeekedMessage, PeekedMessages } from '@movie-load/aws';
import { queueLines } from '../src/queue-lines.ts';
import type { Session } from '../src/session.ts';

const NOW = Date.parse('2026-11-25T09:00:00.000Z');
const { signal } = new AbortController();

interface EndpointFake {
  readonly counts?: { readonly waiting: number; readonly inFlight: number; readonly delayed: number };
  readonly summarise?: Session['summarise'];
  readonly peek?: Session['peek'];
}

const messages = (isCut: boolean, ...sent: readonly (readonly [agoSeconds: number, groupId: string])[]) =>
  ({
    isCut,
    async *[Symbol.asyncIterator]() {
      for (const [ago, groupId] of sent) yield { sentOn: NOW - ago * 1000, groupId } as PeekedMessage;
    },
  }) satisfies PeekedMessages;

async function linesOf({ counts = { waiting: 3, inFlight: 2, delayed: 1 }, summarise, peek }: EndpointFake) {
  const open = (name: string) => async () => ({
    name,
    url: `url of ${name}`,
    async status(options: { readonly signal?: AbortSignal } = {}) {
      expect(options.signal).toBe(signal);
      return { ...counts, now: NOW };
    },
  });
  const session = {
    signal,
    queue: open('queue'),
    dlq: open('dlq'),
    summarise: summarise ?? (async () => undefined),
    peek: peek ?? (async () => undefined),
  };
  return queueLines(session as unknown as Session);
}

const COUNTS = { waiting: 3, in_flight: 2, delayed: 1 };
const UNKNOWN = { oldest_seconds: null, message_groups: null };

test('the messages of a queue are not read where the endpoint summarises the queue', async () => {
  const calls: unknown[] = [];
  const lines = await linesOf({
    summarise: async (...args) => {
      calls.push(args);
      return { oldestSentOn: NOW - 61_400, messageGroups: 5 };
    },
    peek: () => Promise.reject(new Error('not asked')),
  });
  expect(lines).toEqual(['queue', 'dlq'].map((queue) => ({ queue, ...COUNTS, oldest_seconds: 61, message_groups: 5 })));
  expect(calls).toEqual([
    ['url of queue', { signal }],
    ['url of dlq', { signal }],
  ]);
});

test('the messages of a queue are counted, without their bodies, where the endpoint only lists them', async () => {
  const asked: unknown[] = [];
  const [queue] = await linesOf({
    peek: async (_, options) => {
      asked.push(options);
      return messages(false, [5, 'a'], [90, 'b'], [1, 'a']);
    },
  });
  expect(queue).toMatchObject({ oldest_seconds: 90, message_groups: 2 });
  expect(asked[0]).toEqual({ characters: 0, maxBytes: 32 * 1024 * 1024, signal });
});

test.each<[string, EndpointFake]>([
  ['does not report', {}],
  ['shows a part only', { peek: async () => messages(true, [5, 'a']) }],
  ['fails', { summarise: () => Promise.reject(new Error('no answer')) }],
])('the counts alone are shown for an endpoint that %s', async (_, endpoint) => {
  expect(await linesOf(endpoint)).toMatchObject([{ ...COUNTS, ...UNKNOWN }, UNKNOWN]);
});

test('a queue of more than 20,000 messages is not read', async () => {
  let peeks = 0;
  const peek: Session['peek'] = async () => {
    peeks += 1;
    return messages(false, [5, 'a']);
  };
  await linesOf({ counts: { waiting: 19_998, inFlight: 1, delayed: 1 }, peek });
  expect(peeks).toBe(2);
  expect(await linesOf({ counts: { waiting: 19_999, inFlight: 1, delayed: 1 }, peek })).toMatchObject([
    UNKNOWN,
    UNKNOWN,
  ]);
  expect(peeks).toBe(2);
});

test('an empty queue has no oldest message, and a message from the future counts as sent now', async () => {
  expect((await linesOf({ peek: async () => messages(false) }))[0]).toMatchObject({
    oldest_seconds: null,
    message_groups: 0,
  });
  expect((await linesOf({ peek: async () => messages(false, [-60, 'a']) }))[0]?.oldest_seconds).toBe(0);
});
