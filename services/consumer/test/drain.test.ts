import { describe, expect, test } from '@jest/globals';
import type { Consumer } from '../src/consumer.ts';
import { drain } from '../src/drain.ts';
import type { Pollers } from '../src/poller.ts';

function setUp(inFlight: number) {
  const logged: unknown[] = [];
  const calls: unknown[] = [];
  const receivesEnded = Promise.withResolvers<void>();
  const log = (level: string) => (facts: object, text: string) => void logged.push([level, text, facts]);
  const consumer = {
    handler: {
      drain: async (noMoreReceives?: Promise<void>) => {
        calls.push(noMoreReceives === undefined ? 'handler alone' : 'handler');
        await noMoreReceives;
        return inFlight;
      },
    },
  } as unknown as Consumer;
  const pollers: Pollers = {
    statuses: [],
    lastReceive: undefined,
    drain: (limitMs) => {
      calls.push(`pollers ${limitMs}`);
      return receivesEnded.promise;
    },
  };
  const options = { drainMs: 8000, log: { info: log('info'), warn: log('warn'), error: log('error') } };
  return { consumer, pollers, options, logged, calls, receivesEnded };
}

describe('a drain', () => {
  test('gives receives a quarter of the time to return, and the handler waits for them', async () => {
    const { consumer, pollers, options, logged, calls, receivesEnded } = setUp(0);
    let inFlight: number | undefined;
    const draining = drain({ consumer, pollers, ...options }).then((left) => {
      inFlight = left;
    });
    await new Promise(setImmediate);
    expect([calls, inFlight]).toEqual([['pollers 2000', 'handler'], undefined]);
    receivesEnded.resolve();
    await draining;
    expect(inFlight).toBe(0);
    expect(logged).toEqual([['info', 'drained', {}]]);
  });

  test('returns the number of messages in flight', async () => {
    const { consumer, options, logged, calls } = setUp(1);
    expect(await drain({ consumer, ...options })).toBe(1);
    expect(calls).toEqual(['handler alone']);
    expect(logged).toEqual([['warn', expect.stringContaining('drained in part'), { in_flight: 1 }]]);
  });

  test('does nothing for a process that has not begun to receive', async () => {
    const { options, logged } = setUp(0);
    expect(await drain(options)).toBe(0);
    expect(logged).toEqual([]);
  });
});
