// Answers over HTTP: to clients that read slowly or have disconnected, to batches of which a fault refuses entries, in
// the Query protocol, and of the endpoint that shows a queue's messages. Also the log of internal errors.

import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { createErrorLog } from '../../src/http/error-log.ts';
import { peekMessages, readPeekRequest } from '../../src/http/peek-messages.ts';
import { queryJsonFormat } from '../../src/http/query-json.ts';
import { queryXmlFormat } from '../../src/http/query-service.ts';
import { callRefusingEntries } from '../../src/http/refused-entries.ts';
import { sendAnswer } from '../../src/http/send-answer.ts';
import type { Answer, ReceivedRequest } from '../../src/http/service.ts';
import { runSqs } from '../../src/http/sqs-calls.ts';
import { SqsError, type SqsErrorName } from '../../src/sqs/errors.ts';
import { LongPolls } from '../../src/sqs/long-polls.ts';
import { createTestEngine } from '../support/engine.ts';

/** A response whose client accepts a number of chunks, and more when it has drained. */
function slowClient(takes: number) {
  const written: string[] = [];
  let remaining = takes;
  const response = Object.assign(new EventEmitter(), {
    destroyed: false,
    heads: [] as unknown[],
    writeHead(status: number, headers: object) {
      this.heads.push([status, headers]);
    },
    write(chunk: Uint8Array) {
      written.push(String(chunk));
      remaining -= 1;
      return remaining > 0;
    },
    end: () => written.push('end'),
  });
  const drain = (more: number) => {
    remaining = more;
    response.emit('drain');
  };
  return {
    response,
    written,
    drain,
    send: (answer: Answer) => sendAnswer(response as unknown as ServerResponse, answer),
  };
}

describe('an answer in chunks', () => {
  const chunks = () => ({ status: 200, headers: {}, body: ['1', '2', '3', '4'].map((text) => Buffer.from(text)) });

  test('waits until its client has read', () => {
    const { send, written, drain } = slowClient(2);
    send(chunks());
    expect(written).toEqual(['1', '2']);
    drain(1);
    expect(written).toEqual(['1', '2', '3']);
    drain(9);
    expect(written).toEqual(['1', '2', '3', '4', 'end']);
  });

  test('ends when its client has disconnected', () => {
    const { response, send, written, drain } = slowClient(1);
    send(chunks());
    response.destroyed = true;
    drain(9);
    expect(written).toEqual(['1']);
    send(chunks());
    expect(written).toEqual(['1']);
  });
});

test.each<[Answer, object]>([
  [{ status: 200, headers: {}, body: 'ä' }, { 'content-length': 2 }],
  [{ status: 200, headers: {}, body: '' }, { 'content-length': 0 }],
  [{ status: 404, headers: { 'content-length': 9 }, body: '' }, { 'content-length': 9 }],
  [{ status: 204, headers: {}, body: '' }, {}],
  [{ status: 304, headers: {}, body: '' }, {}],
  [{ status: 200, headers: {}, body: Buffer.from('abc') }, { 'content-length': 3 }],
])('the answer %j is sent with the headers %j', (answer, headers) => {
  const { response, send } = slowClient(1);
  send(answer);
  expect(response.heads).toEqual([[answer.status, headers]]);
});

describe('a receive over HTTP', () => {
  const createRequest = (isDisconnected: boolean) => {
    const listeners: (() => void)[] = [];
    const request: ReceivedRequest = {
      method: 'POST',
      path: '/',
      query: '',
      headers: {},
      isDisconnected: () => isDisconnected,
      onDisconnect: (listener) => listeners.push(listener),
    };
    const disconnect = () => {
      for (const listener of listeners) listener();
    };
    return { request, disconnect };
  };
  const start = () => {
    const polls = new LongPolls({ clock: Date });
    const QueueUrl = String(polls.engine.call('CreateQueue', { QueueName: 'q' }).QueueUrl);
    const send = () => polls.engine.call('SendMessage', { QueueUrl, MessageBody: 'x' });
    const receive = (request: ReceivedRequest, WaitTimeSeconds = 0) =>
      runSqs(polls, 'ReceiveMessage', () => ({ QueueUrl, WaitTimeSeconds }), request, queryXmlFormat('ReceiveMessage'));
    return { polls, send, receive, queue: polls.engine.queueByName('q') };
  };

  test('receives nothing when its client disconnected before it began', () => {
    const { send, receive, queue } = start();
    send();
    receive(createRequest(true).request);
    expect(queue.inFlightCount).toBe(0);
    receive(createRequest(false).request);
    expect(queue.inFlightCount).toBe(1);
  });

  test('receives nothing when its client disconnects during the wait', async () => {
    const { polls, send, receive, queue } = start();
    const { request, disconnect } = createRequest(false);
    receive(request, 20);
    expect(polls.size).toBe(1);
    disconnect();
    expect(polls.size).toBe(0);
    send();
    await Promise.resolve();
    expect(queue.inFlightCount).toBe(0);
  });
});

describe('a batch with refused entries', () => {
  const entries = (...ids: string[]) => ids.map((Id) => ({ Id, MessageBody: Id === 'empty' ? '' : 'x' }));

  test('reports entries that failed together with entries that a fault refused', () => {
    const { engine, create, counts } = createTestEngine();
    const QueueUrl = create('q');
    const call = (input: object) => engine.call('SendMessageBatch', { ...input });
    const send = (count: number, ...ids: string[]) =>
      callRefusingEntries(engine, { QueueUrl, Entries: entries(...ids) }, { entries: count }, call);
    expect(send(1, 'a', 'empty', 'c')).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [
        { Id: 'empty', Code: 'MissingRequiredParameterException', SenderFault: true },
        { Id: 'c', Code: 'InternalError', SenderFault: false },
      ],
    });
    expect(counts(QueueUrl)).toEqual([1, 0, 0]);
    const all = { Failed: ['a', 'b'].map((Id) => expect.objectContaining({ Id, Code: 'InternalError' })) };
    for (const count of [2, 3, 5]) expect(send(count, 'a', 'b')).toEqual(all);
    expect(counts(QueueUrl)).toEqual([1, 0, 0]);
  });

  test('is refused as a whole when its queue does not exist', () => {
    const { engine } = createTestEngine();
    const input = { QueueUrl: 'http://x/0/none', Entries: entries('a') };
    expect(() => callRefusingEntries(engine, input, { entries: 1 }, () => ({}))).toThrow(
      'The specified queue does not exist.',
    );
  });
});

test.each<[SqsErrorName, string, string]>([
  ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'Sender'],
  ['InternalFailure', 'InternalFailure', 'Receiver'],
  ['InvalidParameterValue', 'InvalidParameterValue', 'Sender'],
])('the error %s has its code and type in the Query protocol, as XML and as JSON', (name, code, type) => {
  const error = new SqsError(name);
  const xml = queryXmlFormat('SendMessage').error(error);
  expect([xml.status, xml.body]).toEqual([
    error.status,
    expect.stringContaining(`<Error><Type>${type}</Type><Code>${code}</Code>`),
  ]);
  const json = queryJsonFormat('SendMessage').error(error);
  expect(json.status).toBe(error.status);
  expect(JSON.parse(String(json.body))).toMatchObject({ Error: { Code: code, Type: type } });
});

test.each([
  ...['DeleteQueue', 'PurgeQueue', 'SetQueueAttributes', 'DeleteMessage', 'ChangeMessageVisibility'],
  ...['TagQueue', 'UntagQueue', 'AddPermission', 'RemovePermission'],
])('%s is answered without a result in the Query protocol', (operation) => {
  const xml = String(queryXmlFormat(operation).ok({}).body);
  expect(xml).toMatch(new RegExp(`<${operation}Response [^>]+><ResponseMetadata>.*</${operation}Response>$`));
  const json = JSON.parse(String(queryJsonFormat(operation).ok({}).body));
  expect(json).toEqual({ [`${operation}Response`]: { ResponseMetadata: { RequestId: expect.any(String) } } });
});

test('members without a value are left out of the answer', () => {
  const xml = String(queryXmlFormat('X').ok({ A: undefined, B: 0, C: '', D: [{ E: undefined, F: 'f' }] }).body);
  expect(xml).toContain('<XResult><B>0</B><C/><D><F>f</F></D></XResult>');
});

test('an internal error of one operation and place in the code is logged the first, tenth and hundredth time', () => {
  const lines: string[] = [];
  const log = createErrorLog((line) => lines.push(line));
  const [first, second] = [new Error('one'), new Error('other')];
  for (let time = 0; time < 100; time += 1) log('sqs:SendMessage', first);
  log('sqs:SendMessage', second);
  log('s3:PutObject', first);
  expect(lines.map((line) => [JSON.parse(line).operation, JSON.parse(line).times])).toEqual([
    ['sqs:SendMessage', 1],
    ['sqs:SendMessage', 10],
    ['sqs:SendMessage', 100],
    ['sqs:SendMessage', 1],
    ['s3:PutObject', 1],
  ]);
});

describe('GET /_aws/sqs/messages', () => {
  const start = () => {
    const setup = createTestEngine();
    const url = setup.create('q.fifo', { VisibilityTimeout: '600' });
    for (const [at, body] of ['in flight', 'returned', 'new'].entries()) setup.send(url, body, `g${at}`);
    const [, returned] = setup.receive(url, { MaxNumberOfMessages: 2 });
    setup.engine.call('ChangeMessageVisibility', {
      QueueUrl: url,
      ReceiptHandle: returned?.ReceiptHandle,
      VisibilityTimeout: 0,
    });
    return (parameters: Record<string, string>) =>
      [...peekMessages(setup.engine, readPeekRequest(new URLSearchParams({ QueueUrl: url, ...parameters }), ''))].map(
        ({ Body }) => Body,
      );
  };

  test.each<[Record<string, string>, string[]]>([
    [{}, ['returned', 'new']],
    [{ ShowInvisible: 'true' }, ['in flight', 'returned', 'new']],
    [{ ShowInvisible: '1', OnlyInFlight: 'TRUE' }, ['in flight']],
    [{ OnlyInFlight: 'true' }, []],
    [{ ShowInvisible: 'true', OnlyReceived: 'true' }, ['in flight', 'returned']],
    [{ ShowInvisible: 'true', NewestFirst: 'true' }, ['new', 'returned', 'in flight']],
    [{ ShowInvisible: 'true', NewestFirst: 'true', MaxNumberOfMessages: '1' }, ['new']],
    [{ ShowInvisible: 'no', MaxNumberOfMessages: 'x' }, ['returned', 'new']],
    [{ MaxCharacters: '2', MaxNumberOfMessages: '1' }, ['re']],
    [{ MessageId: 'none' }, []],
  ])('selects for %j the messages %j', (parameters, expected) => {
    expect(start()(parameters)).toEqual(expected);
  });

  test('shows for messages in flight the last receiver of their group and the time until which they are hidden', () => {
    const setup = createTestEngine();
    const QueueUrl = setup.create('q.fifo', { VisibilityTimeout: '30' });
    for (const body of ['1', '2']) setup.send(QueueUrl, body, 'g');
    const receiveBy = (userAgent: string | undefined) =>
      setup.engine.call('ReceiveMessage', { QueueUrl }, { origin: 'http://localhost', userAgent });
    const peek = (more: object = {}) => {
      const request = readPeekRequest(new URLSearchParams({ QueueUrl, ShowInvisible: 'true', ...more }), '');
      return [...peekMessages(setup.engine, request)].map(({ Attributes }) => Object(Attributes));
    };
    receiveBy('aws-sdk app/first');
    const visibleAt = String(Date.UTC(2026, 0, 1, 0, 0, 30));
    expect(peek()[0]).toMatchObject({ IsVisible: 'false', VisibleAt: visibleAt, ReceivedBy: 'first' });
    expect(peek()[0]).toMatchObject({ ApproximateFirstReceiveTimestamp: String(Date.UTC(2026, 0, 1)) });
    expect(peek()[1]).not.toHaveProperty('ReceivedBy');
    expect(peek()[1]).not.toHaveProperty('ApproximateFirstReceiveTimestamp');
    setup.pass(30);
    receiveBy('aws-sdk app/second');
    expect(peek()[0]).toMatchObject({ ReceivedBy: 'second' });
    setup.pass(30);
    receiveBy(undefined);
    expect(peek()[0]).not.toHaveProperty('ReceivedBy');
    expect(peek({ ShowDelayed: 'true' })[1]).toMatchObject({ IsVisible: 'true', IsDelayed: 'false' });
  });

  test('excludes delayed messages unless requested, all but a requested one, and one deleted before it is read', () => {
    const setup = createTestEngine();
    const QueueUrl = setup.create('q');
    setup.send(QueueUrl, 'goes', 'g');
    const [first] = setup.receive(QueueUrl);
    setup.send(QueueUrl, 'stays', 'g');
    setup.engine.call('SendMessage', { QueueUrl, MessageBody: 'delayed', DelaySeconds: 9 });
    const peek = (more: object = {}) => {
      const request = { QueueUrl, ShowInvisible: 'true', ...more };
      return peekMessages(setup.engine, readPeekRequest(new URLSearchParams(request), ''));
    };
    const bodies = (messages: ReturnType<typeof peek>) => Array.from(messages, ({ Body }) => Body);
    expect(bodies(peek())).toEqual(['goes', 'stays']);
    expect(bodies(peek({ MessageId: first?.MessageId }))).toEqual(['goes']);
    const all = peek({ ShowDelayed: 'true' });
    setup.remove(QueueUrl, first);
    expect(bodies(all)).toEqual(['stays', 'delayed']);
  });

  test('cuts messages to MaxCharacters, and reports their size in bytes', () => {
    const setup = createTestEngine();
    const QueueUrl = setup.create('q');
    const note = (StringValue: string) => ({ note: { DataType: 'String', StringValue } });
    setup.engine.call('SendMessage', { QueueUrl, MessageBody: 'äöü', MessageAttributes: note('long') });
    const peek = (MaxCharacters: string) =>
      [...peekMessages(setup.engine, readPeekRequest(new URLSearchParams({ QueueUrl, MaxCharacters }), ''))][0];
    expect(peek('2')).toMatchObject({ Body: 'äö', Attributes: { BodyBytes: '6' }, MessageAttributes: note('lo…') });
    expect(peek('4')).toMatchObject({ Body: 'äöü', MessageAttributes: note('long') });
    expect(peek('3')?.Attributes).not.toHaveProperty('BodyBytes');
  });
});
