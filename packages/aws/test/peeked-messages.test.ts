// The requests to an endpoint that shows its messages, and how each message of its answer is parsed.
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '@movie-load/testing';
import { createPeek, createSummarise, type Peek, type PeekOptions } from '../src/index.ts';
import { collected, withEndpoint } from './peek-support.ts';

const QUEUE_URL = 'http://h/1/q.fifo';

describe('a peeked message', () => {
  const system = {
    SentTimestamp: '5',
    ApproximateReceiveCount: '3',
    ApproximateFirstReceiveTimestamp: '6',
    MessageGroupId: 'g',
    MessageDeduplicationId: 'd',
    SequenceNumber: '9',
    DeadLetterQueueSourceArn: 'arn:source',
    IsVisible: 'False',
    VisibleAt: '7000',
    ReceivedBy: 'consumer-1',
    BodyBytes: '900',
  };
  const peekedMessages = async (message: object, options: PeekOptions = {}) => {
    const json = JSON.stringify({ ReceiveMessageResponse: { ReceiveMessageResult: { Message: message } } });
    return withEndpoint(
      (_, response) => response.end(json),
      (endpoint) => collected(createPeek(endpoint)(QUEUE_URL, options)),
    );
  };
  const attributes = (values: object) => Object.entries(values).map(([Name, Value]) => ({ Name, Value }));

  test('has all that the endpoint reports about it', async () => {
    const MessageAttribute = [
      { Name: 'text', Value: { DataType: 'String', StringValue: 'hello' } },
      { Name: 'bytes', Value: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]).toString('base64') } },
      { Name: 'none', Value: { DataType: 'String' } },
    ];
    const message = { MessageId: 'm', Body: 'start', Attribute: attributes(system), MessageAttribute };
    const whole = {
      messageId: 'm',
      receiptHandle: '',
      body: 'start',
      bodyBytes: 900,
      groupId: 'g',
      deduplicationId: 'd',
      sequenceNumber: '9',
      receiveCount: 3,
      sentOn: 5,
      attributes: {
        text: { DataType: 'String', StringValue: 'hello' },
        bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
        none: { DataType: 'String' },
      },
      movedFrom: 'arn:source',
      visible: false,
      visibleAt: 7000,
      receivedBy: 'consumer-1',
    };
    expect(await peekedMessages(message)).toEqual([whole]);
    expect(await peekedMessages(message, { characters: 2 })).toEqual([
      {
        ...whole,
        body: 'st',
        attributes: {
          ...whole.attributes,
          text: { DataType: 'String', StringValue: 'he…' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
        },
      },
    ]);
    expect(await peekedMessages(message, { characters: 5 })).toEqual([whole]);
  });

  test('is visible, never received and as large as its body when the endpoint reports little', async () => {
    const [plain] = await peekedMessages({ MessageId: 'm', Body: 'ü' });
    expect(plain).toEqual({
      messageId: 'm',
      receiptHandle: '',
      body: 'ü',
      bodyBytes: 2,
      receiveCount: 0,
      sentOn: 0,
      attributes: {},
      visible: true,
    });
    for (const [IsVisible, visible] of [
      ['true', true],
      ['TRUE', true],
      ['false', false],
    ] as const) {
      const [one] = await peekedMessages({
        MessageId: 'm',
        Body: '',
        Attribute: { Name: 'IsVisible', Value: IsVisible },
      });
      expect(one?.visible).toBe(visible);
    }
  });

  test('is found by its id behind others, whatever the maximum', async () => {
    const three = ['a', 'b', 'c'].map((MessageId) => ({ MessageId, Body: '' }));
    const idsOf = async (options: PeekOptions) =>
      (await peekedMessages(three, options)).map(({ messageId }) => messageId);
    expect(await idsOf({ messageId: 'c', max: 1 })).toEqual(['c']);
    expect(await idsOf({ messageId: 'd' })).toEqual([]);
    expect(await idsOf({ max: 2 })).toEqual(['a', 'b']);
    expect(await idsOf({ max: 3 })).toEqual(['a', 'b', 'c']);
  });

  test('causes an error when it has no body', async () => {
    await expect(peekedMessages({ MessageId: 'm' })).rejects.toMatchObject({ code: 'peek_failed' });
  });
});

describe('an endpoint for peeking', () => {
  const EMPTY = JSON.stringify({ ReceiveMessageResponse: {} });
  /** Answers as the embedded AWS (which has a summary) or as LocalStack. */
  async function asking(hasSummary: boolean, use: (peek: Peek) => Promise<unknown>): Promise<URL[]> {
    const requested: URL[] = [];
    await withEndpoint(
      (request, response) => {
        const url = new URL(request.url ?? '', 'http://h');
        requested.push(url);
        if (url.pathname === '/_aws/sqs/messages') response.end(EMPTY);
        else if (hasSummary) response.end('{"oldest_sent_on":null,"message_groups":0}');
        else response.writeHead(404).end();
      },
      async (endpoint) => void (await use(createPeek(endpoint))),
    );
    return requested;
  }
  const ALL = { QueueUrl: QUEUE_URL, ShowInvisible: 'true', ShowDelayed: 'true' };
  const parametersOf = (url: URL | undefined) => Object.fromEntries(url?.searchParams ?? []);

  test('gets exactly the parameters of the request', async () => {
    const [plain] = await asking(false, async (peek) => {
      const peeked = peek(QUEUE_URL);
      // An empty queue is shown, without messages.
      expect(await peeked).toBeDefined();
      expect(await collected(peeked)).toEqual([]);
    });
    expect(parametersOf(plain)).toEqual(ALL);
    const requested = await asking(true, (peek) =>
      peek(QUEUE_URL, {
        max: 7,
        onlyInFlight: true,
        onlyReceived: true,
        newestFirst: true,
        messageId: 'm',
        characters: 300,
        maxBytes: 5,
      }),
    );
    expect(parametersOf(requested.at(-1))).toEqual({
      ...ALL,
      MaxNumberOfMessages: '7',
      OnlyInFlight: 'true',
      OnlyReceived: 'true',
      NewestFirst: 'true',
      MessageId: 'm',
      MaxCharacters: '300',
    });
  });

  test.each(['onlyInFlight', 'onlyReceived'])(
    'is not asked for a part of the queue when it does not support %s',
    async (choice) => {
      let peeked: unknown = 'not requested';
      const requested = await asking(false, async (peek) => {
        peeked = await peek(QUEUE_URL, { [choice]: true });
      });
      expect(peeked).toBeUndefined();
      expect(requested.map(({ pathname }) => pathname)).toEqual(['/_local-aws/queue']);
    },
  );

  test('is not read on when its answer has another form: the connection is closed', async () => {
    let answer: ServerResponse | undefined;
    await withEndpoint(
      (_, response) => {
        answer = response;
        response.write(`{"status":"ok"}${' '.repeat(100)}`);
      },
      async (endpoint) => {
        expect(await createPeek(endpoint)(QUEUE_URL)).toBeUndefined();
        await eventually('it is closed', () => answer?.destroyed);
      },
    );
  });

  test('causes one error when its answer breaks off', async () => {
    await withEndpoint(
      (_, response) => {
        response.write(`{"ReceiveMessageResponse":${' '.repeat(100)}`);
        setImmediate(() => response.socket?.destroy());
      },
      async (endpoint) => {
        await expect(collected(createPeek(endpoint)(QUEUE_URL))).rejects.toMatchObject({
          code: 'peek_failed',
          message: expect.stringMatching(/^The endpoint did not show what is in the queue: [^:]+\.$/),
        });
      },
    );
  });

  test('is asked once whether it supports selection', async () => {
    const requested = await asking(true, async (peek) => {
      for (let time = 0; time < 2; time += 1) await peek(QUEUE_URL, { onlyReceived: true });
      await peek(QUEUE_URL);
    });
    expect(requested.map((url) => parametersOf(url).OnlyInFlight)).toEqual(Array(4).fill(undefined));
    expect(requested.map(({ pathname }) => pathname)).toEqual([
      '/_local-aws/queue',
      ...Array(3).fill('/_aws/sqs/messages'),
    ]);
  });

  test('is not waited for when the signal aborts', async () => {
    const reason = new Error('the page was left');
    const signal = AbortSignal.abort(reason);
    await asking(true, async (peek) => {
      await expect(peek(QUEUE_URL, { signal })).rejects.toBe(reason);
      await expect(peek(QUEUE_URL, { signal, onlyInFlight: true })).rejects.toBe(reason);
    });
    await withEndpoint(
      () => undefined,
      async (endpoint) => {
        const stop = new AbortController();
        const peeking = createPeek(endpoint)(QUEUE_URL, { signal: stop.signal, onlyReceived: true });
        setImmediate(() => stop.abort(reason));
        await expect(peeking).rejects.toBe(reason);
      },
    );
    await withEndpoint(
      (_, response) => response.write(`{"ReceiveMessageResponse":${' '.repeat(100)}`),
      async (endpoint) => {
        const stop = new AbortController();
        const reading = collected(createPeek(endpoint)(QUEUE_URL, { signal: stop.signal }));
        setImmediate(() => stop.abort(reason));
        await expect(reading).rejects.toBe(reason);
        const summing = new AbortController();
        const summary = createSummarise(endpoint)(QUEUE_URL, { signal: summing.signal });
        setImmediate(() => summing.abort(reason));
        await expect(summary).rejects.toBe(reason);
      },
    );
  });
});
