// Waiting for AWS at the start, only for what may change without a person.
import { describe, expect, test } from '@jest/globals';
import type { LoadedAwsSettings } from '@movie-load/aws';
import { MovieLoadError } from '@movie-load/schema';
import { connectionReset, createVirtualClock, longestWaits } from '@movie-load/testing';
import { waitForAws } from '../src/wait-for-aws.ts';

const aws: LoadedAwsSettings = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const noCredentials = Object.assign(new Error('none found'), { name: 'CredentialsProviderError' });
const missing = new MovieLoadError('queue_missing', 'There is no queue "q.fifo".');

/** Each attempt fails with the next of these, or succeeds. */
function start(failures: readonly Error[]) {
  const clock = createVirtualClock();
  const logged: { text: string; facts: object }[] = [];
  const stop = new AbortController();
  const remainingFailures = [...failures];
  let attempts = 0;
  const unused = () => undefined;
  const log = { info: unused, error: unused, warn: (facts: object, text: string) => void logged.push({ text, facts }) };
  const options = { aws, name: 'd.fifo', clock, random: longestWaits, log, signal: stop.signal };
  const result = waitForAws(options, async () => {
    attempts += 1;
    const failure = remainingFailures.shift();
    if (failure !== undefined) throw failure;
    return 'the queue';
  });
  result.catch(unused);
  return { clock, logged, stop, result, attempts: () => attempts };
}

describe('the endpoint at the start', () => {
  test('is awaited while it is unreachable, and the log names the queue', async () => {
    const { clock, logged, result, attempts } = start(Array.from({ length: 30 }, () => connectionReset));
    await clock.advance(10 * 60_000);
    expect(await result).toBe('the queue');
    expect(attempts()).toBe(31);
    expect(logged).toHaveLength(30);
    expect(logged[0]).toEqual({
      text: 'the endpoint is unreachable: waiting for it',
      facts: { queue: 'd.fifo', err: connectionReset },
    });
  });

  test('is not awaited when the queue is missing, because that needs a person', async () => {
    const { result, attempts, logged } = start([missing]);
    await expect(result).rejects.toBe(missing);
    expect([attempts(), logged]).toEqual([1, []]);
  });

  test('is not awaited by a process that ends', async () => {
    const { clock, stop, result, attempts } = start([connectionReset, connectionReset, connectionReset]);
    await clock.advance(1);
    stop.abort(new Error('SIGTERM'));
    await expect(result).rejects.toThrow('SIGTERM');
    expect(attempts()).toBe(1);
  });
});

describe('credentials at the start', () => {
  test('may arrive late, and the log has a sentence about them', async () => {
    const { clock, result, logged } = start(Array.from({ length: 7 }, () => noCredentials));
    await clock.advance(10 * 60_000);
    expect(await result).toBe('the queue');
    expect(logged).toHaveLength(7);
    expect(logged[0]?.text).toMatch(/^AWS eu-west-1 gave no access .*Set the credentials that the AWS CLI uses/);
    expect(logged[0]?.facts).toMatchObject({ err: { code: 'no_credentials', cause: noCredentials } });
  });

  test('are reported as missing after eight attempts, those without an endpoint not counted', async () => {
    const failures = [connectionReset, ...Array.from({ length: 9 }, () => noCredentials)];
    const { clock, result, attempts } = start(failures);
    await clock.advance(10 * 60_000);
    await expect(result).rejects.toMatchObject({ code: 'no_credentials', cause: noCredentials });
    expect(attempts()).toBe(9);
  });
});
