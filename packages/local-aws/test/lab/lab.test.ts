// The lab over HTTP: its token, its faults, its clock, its history.

import { afterEach, describe, expect, test } from '@jest/globals';
import {
  createLab,
  FAULT_PRESETS,
  type Lab,
  type LocalAws,
  MessageHistories,
  type MessageHistory,
  startLocalAws,
} from '../../src/index.ts';
import { call, exchange, SIGNED, waitForPolls } from '../support/server.ts';

let aws: LocalAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

async function start(lab: Lab = createLab()) {
  const server = await startLocalAws({ lab });
  aws = server;
  const ask = async (path: string, { method = 'GET', body, headers = {} }: AskOptions = {}) => {
    const response = await fetch(`${server.endpoint}/_local-aws/lab/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${lab.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  };
  const sqs = async (action: string, input: object, by = 'app/tester') => {
    const headers = { ...SIGNED, 'x-amz-target': `AmazonSQS.${action}`, 'user-agent': `aws-sdk-js/3.1 ${by}` };
    return JSON.parse((await call(server, '', input, { headers })).body);
  };
  const create = async (name: string, attributes: Record<string, string> = {}): Promise<string> =>
    (await sqs('CreateQueue', { QueueName: name, Attributes: { FifoQueue: 'true', ...attributes } })).QueueUrl;
  const history = async (question: string): Promise<MessageHistory[]> =>
    (await ask(`history?${question}`)).body.messages;
  return { server, lab, ask, sqs, create, history };
}

interface AskOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const fifo = (text: string) => ({ MessageBody: text, MessageGroupId: 'g', MessageDeduplicationId: text });

describe('the token of a lab', () => {
  test('is compared as a whole, not only by its length or its beginning', async () => {
    const { ask, lab } = await start();
    const other = lab.token.replace(/./, (first) => (first === 'x' ? 'y' : 'x'));
    for (const wrong of [
      `Bearer ${other}`,
      `bearer ${lab.token}`,
      `Bearer ${lab.token}x`,
      `Bearer ${lab.token.slice(0, -1)}`,
    ]) {
      expect((await ask('clock', { headers: { authorization: wrong } })).status).toBe(401);
    }
    expect((await ask('clock')).status).toBe(200);
  });

  test.each(['', 'Bearer x', 'Basic x', SIGNED.authorization])(
    'does not match authorization "%s", which is refused for reading too',
    async (authorization) => {
      const { ask, lab } = await start();
      for (const path of ['faults', 'clock', 'history']) {
        expect((await ask(path, { headers: { authorization } })).status).toBe(401);
      }
      const add = { method: 'POST', body: { operation: '*', fault: 'error' }, headers: { authorization } };
      expect((await ask('faults', add)).status).toBe(401);
      expect((await ask('clock', { method: 'POST', body: { forward_ms: 5 }, headers: { authorization } })).status).toBe(
        401,
      );
      expect([lab.faults.list(), lab.clock.offsetMs]).toEqual([[], 0]);
    },
  );

  test('does not admit a web page or a foreign host name', async () => {
    const { server, lab, ask } = await start();
    for (const headers of [{ origin: 'http://evil.test' }, { 'sec-fetch-site': 'same-origin' }]) {
      const response = await fetch(`${server.endpoint}/_local-aws/lab/clock`, {
        headers: { authorization: `Bearer ${lab.token}`, ...headers },
      });
      expect(response.status).toBe(403);
    }
    const answer = await exchange(
      server,
      `GET /_local-aws/lab/clock HTTP/1.1\r\nhost: evil.test\r\nauthorization: Bearer ${lab.token}\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect((await ask('clock')).status).toBe(200);
  });

  test('gives no access when the server was started without a lab', async () => {
    aws = await startLocalAws();
    const headers = { authorization: 'Bearer undefined', 'content-type': 'application/json' };
    const url = `${aws.endpoint}/_local-aws/lab/clock`;
    expect((await fetch(url, { headers })).status).toBe(404);
    // Refused because of its body before the path is looked at: without a lab, no such endpoint takes a body.
    expect((await fetch(url, { method: 'POST', headers, body: '{"forward_ms":5}' })).status).toBe(413);
  });

  test('requires that the server listens only on this machine', async () => {
    const started = startLocalAws({ lab: createLab(), host: '0.0.0.0' });
    await expect(started).rejects.toThrow('can only listen on 127.0.0.1');
  });
});

describe('faults over HTTP', () => {
  test('can be added by rule and by preset, listed and removed', async () => {
    const { ask, sqs } = await start();
    const added = await ask('faults', { method: 'POST', body: { operation: 'sqs:ListQueues', fault: 'error' } });
    expect([added.status, added.body.rules]).toMatchObject([201, [{ id: 1, struck: 0 }]]);
    expect((await sqs('ListQueues', {})).__type).toContain('ServiceUnavailable');
    expect((await ask('faults', { method: 'POST', body: { preset: 'flaky-network' } })).body.rules).toHaveLength(2);
    const listed = await ask('faults');
    expect(listed.body.rules.map(({ struck }: { struck: number }) => struck)).toEqual([1, 0, 0]);
    expect(listed.body.presets).toEqual(FAULT_PRESETS);
    expect((await ask('faults/2', { method: 'DELETE' })).body).toEqual({ removed: 1 });
    expect((await ask('faults/2', { method: 'DELETE' })).status).toBe(404);
    // Removing no rule must not be mistaken for removing all.
    for (const path of ['faults/', 'faults/0', 'faults/1x', 'faults/all', 'faults/-1', 'faults/9999999999']) {
      expect((await ask(path, { method: 'DELETE' })).status).toBe(404);
    }
    expect((await ask('faults', { method: 'DELETE' })).body).toEqual({ removed: 2 });
  });

  test.each<[unknown, number, RegExp]>([
    [{ preset: 'nothing' }, 400, /no preset "nothing"; there are lost-answers/],
    [{ operation: 'x', fault: 'reset' }, 400, /names no operation/],
    ['{', 400, /not JSON/],
    ['x'.repeat(70_000), 413, /larger than/],
  ])('are refused: %.40j', async (body, status, why) => {
    const { ask } = await start();
    const answer = await ask('faults', { method: 'POST', body });
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringMatching(why)]);
  });

  test('are refused by another method, and in a body that is not declared as JSON', async () => {
    const { ask, lab } = await start();
    const body = { operation: '*', fault: 'error' };
    const headers = { 'content-type': 'text/plain' };
    expect((await ask('faults', { method: 'POST', body, headers })).status).toBe(415);
    expect((await ask('faults', { method: 'PUT', body })).status).toBe(404);
    expect(lab.faults.list()).toEqual([]);
  });
});

describe('the clock of a lab', () => {
  test('moves the date of answers, deduplication, and the visibility of messages for waiting polls forward', async () => {
    const { server, ask, sqs, create } = await start();
    const startedAt = Date.now();
    const url = await create('q.fifo');
    const first = await sqs('SendMessage', { QueueUrl: url, ...fifo('a') });
    await sqs('ReceiveMessage', { QueueUrl: url, VisibilityTimeout: 600 });
    const waiting = sqs('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 });
    await waitForPolls(server, 1);
    const moved = await ask('clock', { method: 'POST', body: { forward_ms: 601_000 } });
    expect(moved.body.offset_ms).toBe(601_000);
    expect((await waiting).Messages).toMatchObject([{ Body: 'a' }]);
    const { headers } = await call(server, 'AmazonSQS.ListQueues', {});
    for (const date of [moved.headers.get('date'), headers.get('date')]) {
      // The header has whole seconds.
      expect(Date.parse(date ?? '')).toBeGreaterThan(startedAt + 600_000);
    }
    const again = await sqs('SendMessage', { QueueUrl: url, ...fifo('a') });
    expect(again.MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(again.MessageId).not.toBe(first.MessageId);
    expect((await ask('clock')).body).toMatchObject({ offset_ms: 601_000 });
  });

  test('ends polls whose wait is over when it moves forward, and no others', async () => {
    const { server, sqs, create, lab } = await start();
    const url = await create('q.fifo');
    const first = sqs('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 });
    const second = sqs('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 });
    await waitForPolls(server, 2);
    lab.clock.forward(20_000);
    expect(await first).toEqual({});
    expect(await second).toEqual({});
    const later = sqs('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 });
    await waitForPolls(server, 1);
    lab.clock.forward(10_000);
    await sqs('SendMessage', { QueueUrl: url, ...fifo('a') });
    expect((await later).Messages).toMatchObject([{ Body: 'a' }]);
  });

  test.each([-1, 0, 1.5, '5', null, 1e15])('refuses to move forward by %j', async (forward_ms) => {
    const { ask, lab } = await start();
    expect((await ask('clock', { method: 'POST', body: { forward_ms } })).status).toBe(400);
    for (const body of [{}, [], 5, { forward_ms: '5' }, { forward_ms: 5, more: 1 }]) {
      const { status, body: answer } = await ask('clock', { method: 'POST', body });
      expect([status, answer.error]).toEqual([400, expect.stringContaining('{ "forward_ms": 60000 }')]);
    }
    expect(lab.clock.offsetMs).toBe(0);
  });
});

describe('the history of a lab', () => {
  const kinds = (message: MessageHistory | undefined) => message?.events.map(({ kind }) => kind);

  test('lists the events of a message, their callers, and until when it was hidden', async () => {
    const { sqs, create, history, lab } = await start();
    const url = await create('q.fifo');
    await sqs('SendMessage', { QueueUrl: url, ...fifo('job.0.7.once') }, 'app/producer');
    await sqs('SendMessage', { QueueUrl: url, ...fifo('job.0.7.once') }, 'app/producer');
    await sqs('ReceiveMessage', { QueueUrl: url, VisibilityTimeout: 10 }, 'app/consumer-1');
    lab.clock.forward(11_000);
    const { Messages } = await sqs('ReceiveMessage', { QueueUrl: url, VisibilityTimeout: 10 }, 'app/consumer-2');
    const handle = { QueueUrl: url, ReceiptHandle: Messages[0].ReceiptHandle };
    await sqs('ChangeMessageVisibility', { ...handle, VisibilityTimeout: 30 }, 'app/consumer-2');
    await sqs('DeleteMessage', handle, 'app/consumer-2');
    const [message] = await history('deduplication_id=job.*.7.*');
    expect(message).toMatchObject({ group: 'g', deduplication_id: 'job.0.7.once', events_left_out: 0 });
    expect(message?.events).toMatchObject([
      { kind: 'sent', by: 'producer', queue: 'q.fifo', receives: 0, until: null },
      { kind: 'deduplicated', by: 'producer' },
      { kind: 'received', by: 'consumer-1', receives: 1 },
      { kind: 'visible', by: null },
      { kind: 'received', by: 'consumer-2', receives: 2 },
      { kind: 'extended', by: 'consumer-2' },
      { kind: 'deleted', by: 'consumer-2' },
    ]);
    const [, , first, visible, second, extended] = message?.events ?? [];
    expect(visible?.at).toBe(first?.until);
    expect((second?.until ?? 0) - (second?.at ?? 0)).toBe(10_000);
    expect((extended?.until ?? 0) - (extended?.at ?? 0)).toBe(30_000);
    expect(await history('group=other')).toEqual([]);
    expect(await history('deduplication_id=job.*.8.*')).toEqual([]);
  });

  test('follows a message into the dead-letter queue, and shows expired visibility when it is read', async () => {
    const { sqs, create, history, lab } = await start();
    await create('dead.fifo');
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead.fifo';
    const url = await create('q.fifo', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
      VisibilityTimeout: '5',
    });
    await sqs('SendMessage', { QueueUrl: url, ...fifo('poison') });
    await sqs('ReceiveMessage', { QueueUrl: url });
    lab.clock.forward(6000);
    expect(kinds((await history('group=g'))[0])).toEqual(['sent', 'received', 'visible']);
    await sqs('ReceiveMessage', { QueueUrl: url });
    const [message] = await history('group=g');
    expect(kinds(message)).toEqual(['sent', 'received', 'visible', 'moved', 'arrived']);
    expect(message?.events.at(-1)?.queue).toBe('dead.fifo');
    const byId = await history(`message_id=${message?.message_id}`);
    expect(byId).toHaveLength(1);
  });

  test('distinguishes a release, a delay and a purge', async () => {
    const { sqs, create, history, lab } = await start();
    const url = await create('q.fifo', { DelaySeconds: '3' });
    await sqs('SendMessage', { QueueUrl: url, ...fifo('late') });
    lab.clock.forward(3000);
    const { Messages } = await sqs('ReceiveMessage', { QueueUrl: url });
    await sqs('ChangeMessageVisibility', {
      QueueUrl: url,
      ReceiptHandle: Messages[0].ReceiptHandle,
      VisibilityTimeout: 0,
    });
    await sqs('PurgeQueue', { QueueUrl: url });
    const [message] = await history('group=g');
    expect(kinds(message)).toEqual(['sent', 'visible', 'received', 'released', 'purged']);
    expect(message?.events[0]?.until).toBe(message?.events[1]?.at);
  });

  test('forgets the oldest messages when there are too many events', async () => {
    const lab: Lab = { ...createLab(), history: new MessageHistories(5) };
    const { sqs, create, ask } = await start(lab);
    const url = await create('q.fifo');
    for (let number = 0; number < 7; number += 1) await sqs('SendMessage', { QueueUrl: url, ...fifo(`m${number}`) });
    const { body } = await ask('history?group=g');
    expect(body.messages.map((one: MessageHistory) => one.deduplication_id)).toEqual(['m2', 'm3', 'm4', 'm5', 'm6']);
    expect(body.forgotten_messages).toBe(2);
  });

  test('keeps the first event of a message and its last ones', async () => {
    const { sqs, create, history } = await start();
    const url = await create('q.fifo');
    for (let time = 0; time < 205; time += 1)
      await sqs('SendMessage', { QueueUrl: url, ...fifo('again') }, `app/${time}`);
    const [message] = await history('group=g');
    expect(message).toMatchObject({ events_left_out: 5 });
    // Each event has the number of its call as its caller; those of the calls 1 to 5 are left out.
    const kept = ['0', ...Array.from({ length: 199 }, (_, at) => String(at + 6))];
    expect(message?.events.map(({ by }) => by)).toEqual(kept);
    expect([message?.events[0]?.kind, message?.events.at(-1)?.kind]).toEqual(['sent', 'deduplicated']);
  });
});
