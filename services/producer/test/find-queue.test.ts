// Looking up the queue's URL: a single job gives up with a sentence, a service continues; and the state of the last
// call.
import { describe, expect, test } from '@jest/globals';
import { type AwsClients, awsSettingsFrom, type OpenQueue } from '@movie-load/aws';
import { createLogger } from '@movie-load/service';
import { createInstantClock, longestWaits } from '@movie-load/testing';
import { awaitQueue, findQueue } from '../src/find-queue.ts';
import { createQueueWatch } from '../src/watched-queue.ts';

const refused = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' });
const named = (name: string) => Object.assign(new Error(`${name}: no`), { name, $fault: 'client' });

function setUp(
  failures: readonly Error[],
  env: Record<string, string> = { AWS_ENDPOINT_URL: 'http://user:secret@127.0.0.1:4566' },
) {
  const remainingFailures = [...failures];
  const signals: unknown[] = [];
  const lines: string[] = [];
  const sender = {
    async send(_: unknown, options: { readonly abortSignal?: AbortSignal } = {}) {
      signals.push(options.abortSignal);
      const failure = remainingFailures.shift();
      if (failure !== undefined) throw failure;
      return { QueueUrl: 'http://queue-url' };
    },
  };
  const watch = createQueueWatch();
  const stop = new AbortController();
  const clock = createInstantClock();
  const clients = { sqs: sender, poll: sender } as unknown as AwsClients;
  const options = {
    clients,
    settings: awsSettingsFrom({ AWS_REGION: 'eu-west-1', ...env }),
    watch,
    signal: stop.signal,
  };
  const log = createLogger({
    service: 'producer',
    instance: 'test',
    destination: { write: (line) => void lines.push(line) },
    secrets: [],
  });
  const policy = { clock, random: longestWaits, maxAttempts: 3 };
  return { options, policy, ports: { clock, random: longestWaits, log }, signals, lines, watch, stop, clock };
}

describe('for a single job', () => {
  test('the queue is found, also after a failed attempt; each attempt has the signal', async () => {
    const { options, policy, signals, watch, stop } = setUp([refused()]);
    expect(await findQueue(options, policy)).toMatchObject({ name: 'movie-load.fifo', url: 'http://queue-url' });
    expect(signals).toEqual([stop.signal, stop.signal]);
    expect(watch.state()).toEqual({ last_call: 'ok', error: undefined });
  });

  test('an endpoint where nothing listens is reported in one sentence, without its password, with what to do', async () => {
    const { options, policy, watch } = setUp([refused(), refused(), refused()]);
    await expect(findQueue(options, policy)).rejects.toMatchObject({
      code: 'aws_unreachable',
      message:
        'Cannot look up the queue movie-load.fifo at http://127.0.0.1:4566: connect ECONNREFUSED 127.0.0.1:4566. ' +
        'Is it running? AWS_ENDPOINT_URL says where it is.',
      cause: { code: 'ECONNREFUSED' },
    });
    expect(watch.state()).toEqual({ last_call: 'failed', error: 'connect ECONNREFUSED 127.0.0.1:4566' });
  });

  test('unreachable AWS is reported with its region', async () => {
    const { options, policy } = setUp([refused(), refused(), refused()], { MOVIE_LOAD_BUCKET: 'my-bucket' });
    await expect(findQueue(options, policy)).rejects.toThrow(
      /^Cannot look up the queue movie-load\.fifo at AWS in eu-west-1: .*\. Check the network and AWS_REGION, or set AWS_ENDPOINT_URL for an emulator\.$/,
    );
  });

  test('missing credentials and a missing queue have codes of their own', async () => {
    const credentials = setUp([named('CredentialsProviderError')]);
    await expect(findQueue(credentials.options, { ...credentials.policy, maxAttempts: 1 })).rejects.toMatchObject({
      code: 'no_credentials',
    });
    const missing = setUp([named('QueueDoesNotExist')]);
    await expect(findQueue(missing.options, missing.policy)).rejects.toMatchObject({ code: 'queue_missing' });
  });

  test('a signal ends the search with its reason', async () => {
    const { options, policy, stop, signals } = setUp([refused()]);
    const policyThatStops = { ...policy, onRetry: () => stop.abort(new Error('the process ends')) };
    await expect(findQueue(options, policyThatStops)).rejects.toMatchObject({ message: 'the process ends' });
    expect(signals).toHaveLength(1);
  });
});

describe('for a service', () => {
  test('the queue is awaited on any error, and each failed attempt has a sentence in the log', async () => {
    const failures = [
      named('QueueDoesNotExist'),
      named('InvalidClientTokenId'),
      named('ValidationException'),
      refused(),
    ];
    const { options, ports, lines, signals, clock } = setUp(failures);
    expect(await awaitQueue(options, ports)).toMatchObject({ url: 'http://queue-url' });
    expect(signals).toHaveLength(5);
    const logged = lines.map(
      (line) => JSON.parse(line) as { attempt: number; wait_ms: number; msg: string; level: string },
    );
    expect(logged.map(({ attempt, wait_ms }) => [attempt, wait_ms])).toEqual([
      [1, 100],
      [2, 200],
      [3, 400],
      [4, 800],
    ]);
    expect(clock.slept).toEqual([100, 200, 400, 800]);
    expect(logged.map(({ msg }) => msg)).toEqual([
      expect.stringContaining('There is no queue "movie-load.fifo"'),
      expect.stringContaining('gave no access'),
      expect.stringContaining('Cannot look up the queue'),
      expect.stringContaining('Is it running?'),
    ]);
    expect(new Set(logged.map(({ level }) => level))).toEqual(new Set(['warn']));
  });

  test('the log has the wait in whole milliseconds', async () => {
    const { options, ports, lines } = setUp([refused()]);
    // A jitter of 0.123 of the first wait's 100 ms: 12.3 ms.
    await awaitQueue(options, { ...ports, random: { ...longestWaits, next: () => 0.123 } });
    expect(JSON.parse(lines[0] ?? '').wait_ms).toBe(12);
  });

  test('the queue is awaited without a limit of attempts', async () => {
    const { options, ports, lines } = setUp(Array.from({ length: 100 }, refused));
    expect(await awaitQueue(options, ports)).toMatchObject({ url: 'http://queue-url' });
    expect(lines).toHaveLength(100);
  });

  test('the signal ends the wait', async () => {
    const { options, ports, stop, signals } = setUp([refused()]);
    const sleep: typeof ports.clock.sleep = (ms, signal) => {
      stop.abort(new Error('the process ends'));
      return ports.clock.sleep(ms, signal);
    };
    const waiting = awaitQueue(options, { ...ports, clock: { ...ports.clock, sleep } });
    await expect(waiting).rejects.toThrow('the process ends');
    expect(signals).toHaveLength(1);
  });
});

describe('the watched queue', () => {
  test('remembers whether the last call succeeded', async () => {
    const watch = createQueueWatch();
    expect(watch.state()).toEqual({ last_call: undefined, error: undefined });
    let isAway = false;
    const given: unknown[][] = [];
    const answer =
      (value: unknown) =>
      async (...args: unknown[]) => {
        given.push(args);
        if (isAway) throw new Error('away');
        return value;
      };
    const queue = { name: 'q', url: 'u', send: answer(['failure']), status: answer('status') } as unknown as OpenQueue;
    const watched = watch.watched(queue);
    expect(watched).toMatchObject({ name: 'q', url: 'u' });
    const options = { maxAttempts: 1 };
    expect(await watched.send([], options)).toEqual(['failure']);
    expect(watch.state()).toEqual({ last_call: 'ok', error: undefined });
    isAway = true;
    await expect(watched.status(options)).rejects.toThrow('away');
    expect(watch.state()).toEqual({ last_call: 'failed', error: 'away' });
    isAway = false;
    expect(await watched.status(options)).toBe('status');
    expect(watch.state()).toEqual({ last_call: 'ok', error: undefined });
    isAway = true;
    await expect(watched.send([], options)).rejects.toThrow('away');
    expect(watch.state().last_call).toBe('failed');
    expect(given).toEqual([[[], options], [options], [options], [[], options]]);
  });
});
