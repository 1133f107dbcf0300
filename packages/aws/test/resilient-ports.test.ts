// Every call of a port with a policy: it is repeated under its own name, with the caller's signal and attempts, and
// waits for the breaker unless a late call would be useless.
import { describe, expect, test } from '@jest/globals';
import { connectionReset, createInstantClock, longestWaits } from '@movie-load/testing';
import {
  type Breaker,
  type CallOptions,
  type ObjectsPort,
  type QueuePort,
  type Retry,
  resilientObjects,
  resilientQueue,
  resilientTable,
  type SingleCallTable,
} from '../src/index.ts';
import { policyOf } from './policy-support.ts';

/** A port of which every method fails a number of times, then answers; the arguments of each attempt are recorded. */
function fakePort(failures: number) {
  const attempts: unknown[][] = [];
  let remainingFailures = failures;
  const method =
    (answer: unknown) =>
    async (...args: unknown[]) => {
      attempts.push(args);
      if (remainingFailures-- > 0) throw connectionReset;
      return answer;
    };
  const batch = method([]);
  const queue = {
    name: 'q',
    send: batch,
    delete: batch,
    changeVisibility: batch,
    receive: batch,
    status: method('status'),
  };
  const table = {
    name: 't',
    get: method('item'),
    create: method(true),
    putBatch: batch,
    deleteBatch: batch,
    update: method('updated'),
    updateIf: method('updated if'),
    query: method('page'),
    queryJobs: method('jobs'),
  };
  const objects = {
    bucket: 'b',
    size: method(3),
    get: method('object'),
    put: method(undefined),
    delete: method(undefined),
    createUpload: method('id'),
    uploadPart: method('part'),
    copyPart: method('copied'),
    listParts: method('parts'),
    completeUpload: method(undefined),
    abortUpload: method(undefined),
  };
  return {
    attempts,
    ports: { queue, table, objects } as unknown as { queue: QueuePort; table: SingleCallTable; objects: ObjectsPort },
  };
}

function setUp(failures: number, breaker?: Breaker) {
  const retries: Retry[] = [];
  const clock = createInstantClock();
  const policy = {
    clock,
    random: longestWaits,
    maxAttempts: 5,
    breaker,
    onRetry: (retry: Retry) => retries.push(retry),
  };
  const { attempts, ports } = fakePort(failures);
  const queue = resilientQueue(ports.queue, policy);
  const table = resilientTable(ports.table, policy);
  const objects = resilientObjects(ports.objects, policy);
  return { attempts, retries, ports: { queue, table, objects } };
}

/** The arguments without signals, and without options that have no other member. */
const withoutSignals = (args: readonly unknown[]) =>
  args
    .map((argument) => (argument?.constructor === Object ? { ...argument, signal: undefined } : argument))
    .filter((argument) => JSON.stringify(argument) !== '{}');

type Ports = ReturnType<typeof setUp>['ports'];
const key = { job_id: 'j', part: 'p' };
const body = new Uint8Array(1);

/** Each call: its name, whether it waits for the breaker, and whether the attempt itself gets the signal. */
const CALLS: readonly [string, boolean, boolean, (ports: Ports, options: CallOptions) => Promise<unknown>, unknown][] =
  [
    ['sqs:SendMessageBatch', true, true, ({ queue }, options) => queue.send([], options), []],
    ['sqs:DeleteMessageBatch', true, true, ({ queue }, options) => queue.delete(['h'], options), []],
    ['sqs:ChangeMessageVisibilityBatch', false, true, ({ queue }, options) => queue.changeVisibility([], options), []],
    [
      'sqs:ReceiveMessage',
      false,
      false,
      ({ queue }, options) => queue.receive({ max: 1, waitSeconds: 1, visibilitySeconds: 1, ...options }),
      [],
    ],
    ['sqs:GetQueueAttributes', false, true, ({ queue }, options) => queue.status(options), 'status'],
    ['dynamodb:GetItem', true, true, ({ table }, options) => table.get(key, options), 'item'],
    ['dynamodb:PutItem', true, true, ({ table }, options) => table.create({ part: { S: 'p' } }, options), true],
    ['dynamodb:BatchWriteItem', true, true, ({ table }, options) => table.putBatch([{}], options), undefined],
    ['dynamodb:BatchWriteItem', true, true, ({ table }, options) => table.deleteBatch([key], options), undefined],
    [
      'dynamodb:UpdateItem',
      true,
      true,
      ({ table }, options) => table.update({ key, update: '', names: {}, values: {}, ...options }),
      'updated',
    ],
    [
      'dynamodb:UpdateItem',
      true,
      true,
      ({ table }, options) => table.updateIf({ key, update: '', condition: '', names: {}, values: {}, ...options }),
      'updated if',
    ],
    [
      'dynamodb:Query',
      true,
      true,
      ({ table }, options) =>
        table.query({ partition: 'j', between: ['a', 'b'], start: { part: { S: 'a' } }, ...options }),
      'page',
    ],
    [
      'dynamodb:Query',
      true,
      true,
      ({ table }, options) => table.queryJobs({ limit: 1, start: {}, ...options }),
      'jobs',
    ],
    ['s3:HeadObject', true, true, ({ objects }, options) => objects.size('k', options), 3],
    ['s3:GetObject', true, true, ({ objects }, options) => objects.get('k', options), 'object'],
    ['s3:PutObject', true, true, ({ objects }, options) => objects.put('k', body, options), undefined],
    ['s3:DeleteObject', true, true, ({ objects }, options) => objects.delete('k', options), undefined],
    ['s3:CreateMultipartUpload', true, false, ({ objects }, options) => objects.createUpload('k', options), 'id'],
    ['s3:UploadPart', true, true, ({ objects }, options) => objects.uploadPart('k', 'u', 1, body, options), 'part'],
    [
      's3:UploadPartCopy',
      true,
      true,
      ({ objects }, options) => objects.copyPart('k', 'u', 1, { first: 0, last: 1 }, options),
      'copied',
    ],
    ['s3:ListParts', true, true, ({ objects }, options) => objects.listParts('k', 'u', options), 'parts'],
    [
      's3:CompleteMultipartUpload',
      true,
      true,
      ({ objects }, options) => objects.completeUpload('k', 'u', [], options),
      undefined,
    ],
    [
      's3:AbortMultipartUpload',
      false,
      true,
      ({ objects }, options) => objects.abortUpload('k', 'u', options),
      undefined,
    ],
  ];

describe.each(CALLS)('%s', (operation, waitsForBreaker, getsSignal, call, answer) => {
  const signals = getsSignal ? 'the caller’s signal each time' : 'no signal, so that a running attempt ends by itself';
  test(`is retried under its operation’s name, with ${signals}`, async () => {
    const { attempts, retries, ports } = setUp(2);
    const { signal } = new AbortController();
    expect(await call(ports, { signal })).toEqual(answer);
    expect(retries.map((retry) => [retry.operation, retry.attempt])).toEqual([
      [operation, 1],
      [operation, 2],
    ]);
    const passed = attempts.map((args) => (args.at(-1) as CallOptions | undefined)?.signal);
    const expected = getsSignal ? signal : undefined;
    expect(passed.map((one) => one === expected)).toEqual([true, true, true]);
    expect(attempts[2]).toEqual(attempts[0]);
    const withoutPolicy = fakePort(0);
    await call(withoutPolicy.ports as unknown as Ports, { signal });
    expect(attempts.map(withoutSignals)).toEqual(Array(3).fill(withoutSignals(withoutPolicy.attempts[0] ?? [])));
  });

  test('uses the caller’s number of attempts, else the policy’s', async () => {
    const limited = setUp(9);
    await expect(call(limited.ports, { maxAttempts: 2 })).rejects.toBe(connectionReset);
    expect(limited.attempts).toHaveLength(2);
    const unlimited = setUp(9);
    await expect(call(unlimited.ports, {})).rejects.toBe(connectionReset);
    expect(unlimited.attempts).toHaveLength(5);
  });

  test('ends before an attempt when its signal is aborted', async () => {
    const { attempts, ports } = setUp(0);
    await expect(call(ports, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(attempts).toEqual([]);
  });

  test(`${waitsForBreaker ? 'fails' : 'is made'} at once where its caller cannot wait for the breaker`, async () => {
    const breaker: Breaker = {
      dependency: 'sqs',
      open: true,
      succeeded: () => undefined,
      failed: () => undefined,
      whenClosed: () => Promise.reject(new Error('it waited')),
    };
    const { attempts, ports } = setUp(0, breaker);
    const response = call(ports, { signal: new AbortController().signal, failsFast: true });
    if (waitsForBreaker) await expect(response).rejects.toMatchObject({ code: 'dependency_away' });
    else expect(await response).toEqual(answer);
    expect(attempts).toHaveLength(waitsForBreaker ? 0 : 1);
  });

  test(waitsForBreaker ? 'waits for the breaker' : 'does not wait for the breaker', async () => {
    let waited = 0;
    const { signal } = new AbortController();
    const breaker: Breaker = {
      dependency: 'sqs',
      open: true,
      succeeded: () => undefined,
      failed: () => undefined,
      whenClosed: async (callerSignal) => {
        waited += Number(callerSignal === signal);
      },
    };
    await call(setUp(0, breaker).ports, { signal });
    expect(waited).toBe(waitsForBreaker ? 1 : 0);
    // A call without a signal does not wait, because it would wait for ever.
    await call(setUp(0, breaker).ports, {});
    expect(waited).toBe(waitsForBreaker ? 1 : 0);
  });
});

test('ports with a policy keep the names of the inner ports, and the URL of the queue', () => {
  const { ports } = setUp(0);
  expect([ports.queue.name, ports.table.name, ports.objects.bucket]).toEqual(['q', 't', 'b']);
  const { policy } = policyOf();
  expect(resilientQueue({ ...ports.queue, url: 'url' }, policy).url).toBe('url');
});
