// Failed receives in the log: the first of a kind, then one a minute with the number of unlogged ones.
import { describe, expect, test } from '@jest/globals';
import { connectionReset } from '@movie-load/testing';
import { createReceiveFailures } from '../src/receive-failures.ts';

const gone = Object.assign(new Error('no such queue'), { name: 'QueueDoesNotExist' });

function setUp() {
  let now = 0;
  const logged: object[] = [];
  const failures = createReceiveFailures({ warn: (facts, text) => logged.push({ ...facts, text }) }, () => now);
  return {
    ...failures,
    /** One failure a second. */
    failFor: (seconds: number, error: Error) => {
      for (let second = 0; second < seconds; second++) {
        failures.failed(error);
        now += 1000;
      }
    },
    logged,
  };
}

const text = 'a receive failed';

describe('receives that fail', () => {
  test('every second are logged once a minute, with the number of unlogged failures', () => {
    const { failFor, logged } = setUp();
    failFor(121, connectionReset);
    expect(logged).toEqual([
      { err: connectionReset, text },
      { err: connectionReset, unlogged: 59, text },
      { err: connectionReset, unlogged: 59, text },
    ]);
  });

  test('in two alternating ways are counted separately', () => {
    const { failFor, logged } = setUp();
    for (let pair = 0; pair < 31; pair++) {
      failFor(1, connectionReset);
      failFor(1, gone);
    }
    expect(logged).toEqual([
      { err: connectionReset, text },
      { err: gone, text },
      { err: connectionReset, unlogged: 29, text },
      { err: gone, unlogged: 29, text },
    ]);
  });

  test('after a success are logged at once, without the earlier ones', () => {
    const { failFor, succeeded, logged } = setUp();
    failFor(30, connectionReset);
    succeeded();
    failFor(30, connectionReset);
    expect(logged).toEqual([
      { err: connectionReset, text },
      { err: connectionReset, text },
    ]);
  });
});
