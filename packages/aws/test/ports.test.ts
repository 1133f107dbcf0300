// The ports without a policy, at the embedded AWS.
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestAws, type TestAws } from '@movie-load/testing';
import { createClients, createPeek, openObjects } from '../src/index.ts';
import { collected } from './peek-support.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

describe('the queue', () => {
  test('sends, receives, extends, releases and deletes a message with all its attributes', async () => {
    const attributes = { shade: { DataType: 'String', StringValue: 'blue' } };
    const sent = await aws.queue.send([
      { body: 'one', groupId: 'g', deduplicationId: 'd1', attributes },
      { body: 'two', groupId: 'g', deduplicationId: 'd2' },
    ]);
    expect(sent).toEqual([]);
    const [first, second] = await aws.queue.receive({ max: 10, waitSeconds: 1, visibilitySeconds: 60 });
    expect(first).toMatchObject({ body: 'one', groupId: 'g', deduplicationId: 'd1', receiveCount: 1 });
    expect(first?.attributes.shade?.StringValue).toBe('blue');
    expect(first?.sentOn).toBeGreaterThan(Date.parse('2026-01-01'));
    expect(await aws.queue.status()).toMatchObject({ waiting: 0, inFlight: 2, maximumMessageBytes: 1_032_192 });
    const handles = [first?.receiptHandle ?? '', second?.receiptHandle ?? ''];
    const before = Date.now();
    expect(await aws.queue.changeVisibility([{ receiptHandle: handles[0] ?? '', seconds: 90 }])).toEqual([]);
    const [extended] = await collected(createPeek(aws.endpoint)(aws.queue.url, { messageId: first?.messageId ?? '' }));
    expect(extended?.visibleAt).toBeGreaterThanOrEqual(before + 90_000);
    expect(await aws.queue.delete([handles[0] ?? ''])).toEqual([]);
    expect(await aws.queue.changeVisibility([{ receiptHandle: handles[1] ?? '', seconds: 0 }])).toEqual([]);
    const [redelivered] = await aws.queue.receive({ max: 10, waitSeconds: 1, visibilitySeconds: 60 });
    expect(redelivered).toMatchObject({ body: 'two', receiveCount: 2 });
    expect(await aws.queue.delete([redelivered?.receiptHandle ?? ''])).toEqual([]);
    expect(await aws.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('loses only an attribute called __proto__, because of the SDK', async () => {
    const entry = { Id: 'a', MessageBody: 'odd', MessageGroupId: 'odd', MessageDeduplicationId: 'odd' };
    const attributes =
      '{"__proto__":{"DataType":"String","StringValue":"x"},"b":{"DataType":"String","StringValue":"y"}}';
    const entries = `[${JSON.stringify(entry).slice(0, -1)},"MessageAttributes":${attributes}}]`;
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Signature=0',
        'x-amz-target': 'AmazonSQS.SendMessageBatch',
        'content-type': 'application/x-amz-json-1.0',
      },
      body: `{"QueueUrl":${JSON.stringify(aws.queue.url)},"Entries":${entries}}`,
    });
    expect(answer.status).toBe(200);
    const [odd] = await aws.queue.receive({ max: 10, waitSeconds: 1, visibilitySeconds: 60 });
    expect(odd).toMatchObject({ body: 'odd', attributes: { b: { DataType: 'String', StringValue: 'y' } } });
    expect(Object.keys(odd?.attributes ?? {})).toEqual(['b']);
    expect(await aws.queue.delete([odd?.receiptHandle ?? ''])).toEqual([]);
  });

  test('names a refused entry by its index; the others take effect', async () => {
    expect(await aws.queue.send([{ body: 'three', groupId: 'g', deduplicationId: 'd3' }])).toEqual([]);
    const [message] = await aws.queue.receive({ max: 10, waitSeconds: 1, visibilitySeconds: 60 });
    expect(await aws.queue.status()).toMatchObject({ waiting: 0, inFlight: 1 });
    const handles = ['not a handle', message?.receiptHandle ?? '', 'neither'];
    expect(await aws.queue.delete(handles)).toMatchObject([
      { index: 0, senderFault: true },
      { index: 2, senderFault: true },
    ]);
    expect(await aws.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('ends a poll when its signal aborts', async () => {
    const stop = new AbortController();
    const poll = aws.queue.receive({ max: 10, waitSeconds: 20, visibilitySeconds: 60, signal: stop.signal });
    stop.abort();
    await expect(poll).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the table', () => {
  const put = (part: string, n: number) => ({ job_id: { S: 'a-job' }, part: { S: part }, n: { N: String(n) } });

  test('creates an item once; update returns the whole item, or undefined when its condition fails', async () => {
    const { table } = aws;
    expect(await table.create(put('one', 1))).toBeUndefined();
    expect(await table.create(put('one', 2))).toEqual(put('one', 1));
    const request = {
      key: { job_id: 'a-job', part: 'one' },
      update: 'ADD #seen :numbers',
      names: { '#seen': 'seen', '#n': 'n' },
      values: { ':numbers': { NS: ['3', '1'] }, ':n': { N: '1' } },
    };
    expect(await table.update({ ...request, condition: '#n = :n' })).toMatchObject({ n: { N: '1' } });
    expect(await table.update({ ...request, condition: '#n > :n' })).toBeUndefined();
    const { seen } = (await table.get({ job_id: 'a-job', part: 'one' })) ?? {};
    expect(new Set(seen?.NS)).toEqual(new Set(['1', '3']));
    expect(await table.get({ job_id: 'a-job', part: 'none' })).toBeUndefined();
  });

  test('queries a part of a partition in order, in pages, with only the requested attributes', async () => {
    const { table } = aws;
    const parts = Array.from({ length: 24 }, (_, at) => `p#${String(at).padStart(2, '0')}`);
    expect(await table.putBatch(parts.map((part, at) => put(part, at)))).toEqual([]);
    const partKeys: (string | undefined)[] = [];
    let start: Awaited<ReturnType<typeof table.query>>['next'];
    do {
      const between = ['p#03', 'p#20'] as const;
      const page = await table.query({ partition: 'a-job', between, start, limit: 5, attributes: ['part'] });
      expect(page.items.every((item) => Object.keys(item).join() === 'part')).toBe(true);
      partKeys.push(...page.items.map((item) => item.part?.S));
      start = page.next;
    } while (start !== undefined);
    expect(partKeys).toEqual(parts.slice(3, 21));
    // Up to 4 KB use one unit, and a missing item does as well.
    const before = aws.clients.counters.readUnits;
    await table.query({ partition: 'a-job', between: ['p#00', 'p#99'] });
    await table.get({ job_id: 'a-job', part: 'none' });
    expect(aws.clients.counters.readUnits - before).toBe(2);
  });
});

describe('the bucket', () => {
  const read = async (key: string) => {
    const object = await aws.objects.get(key);
    if (object === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.body) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  test('stores an object whole and in parts, and aborts an upload', async () => {
    const { objects } = aws;
    await objects.put('a.json', Buffer.from('[]'));
    expect(await objects.size('a.json')).toBe(2);
    expect((await read('a.json'))?.toString()).toBe('[]');
    const body = Buffer.alloc(6 * 1024 * 1024, 'x');
    const id = await objects.createUpload('b.json');
    await objects.uploadPart('b.json', id, 1, body);
    await objects.uploadPart('b.json', id, 2, body);
    expect(await objects.size('b.json')).toBeUndefined();
    const parts = await objects.listParts('b.json', id);
    expect(parts).toMatchObject([
      { number: 1, bytes: body.length, etag: expect.stringMatching(/^"/), crc32: crcOf(body) },
      { number: 2, bytes: body.length },
    ]);
    await objects.completeUpload('b.json', id, parts);
    expect((await read('b.json'))?.equals(Buffer.concat([body, body]))).toBe(true);
    const uploadId = await objects.createUpload('c.json');
    await objects.uploadPart('c.json', uploadId, 1, body);
    await objects.abortUpload('c.json', uploadId);
    await objects.abortUpload('c.json', uploadId);
    expect(await objects.get('c.json')).toBeUndefined();
  });
});

describe('a body too large for memory', () => {
  const chunks = ['[\n', 'x'.repeat(70_000), '\n]\n'].map((text) => Buffer.from(text));
  const bytes = Buffer.concat(chunks);

  test('is streamed with its length and checksum; each call opens it again', async () => {
    const { objects } = aws;
    let opened = 0;
    const body = {
      bytes: bytes.length,
      crc32: crcOf(bytes),
      open: () => {
        opened += 1;
        return Readable.from(chunks);
      },
    };
    await objects.put('streamed.json', body);
    const id = await objects.createUpload('streamed-part.json');
    await objects.uploadPart('streamed-part.json', id, 1, body);
    expect(await objects.listParts('streamed-part.json', id)).toMatchObject([
      { number: 1, bytes: bytes.length, crc32: crcOf(bytes) },
    ]);
    expect(await objects.size('streamed.json')).toBe(bytes.length);
    expect(opened).toBe(2);
  });

  test('fails the call with its own error when it cannot be read', async () => {
    const { objects } = aws;
    async function* broken() {
      yield Buffer.from('[\n');
      throw new Error('the table was deleted');
    }
    const body = { bytes: 1000, crc32: crcOf(bytes), open: broken };
    await expect(objects.put('broken.json', body)).rejects.toThrow('the table was deleted');
    expect(await objects.size('broken.json')).toBeUndefined();
  });

  test('is refused when its checksum differs from the announced one', async () => {
    const { objects } = aws;
    const body = { bytes: bytes.length, crc32: crcOf(Buffer.from('other')), open: () => Readable.from(chunks) };
    await expect(objects.put('other.json', body)).rejects.toMatchObject({ name: 'BadDigest' });
  });
});

describe('parts of an existing object', () => {
  test('are copied into an upload of the same key', async () => {
    const { objects } = aws;
    const body = Buffer.alloc(6 * 1024 * 1024, 'y');
    await objects.put('copied.json', Buffer.concat([body, Buffer.from('tail')]));
    const id = await objects.createUpload('copied.json');
    await objects.copyPart('copied.json', id, 1, { first: 0, last: body.length - 1 });
    await objects.uploadPart('copied.json', id, 2, Buffer.from('end'));
    const parts = await objects.listParts('copied.json', id);
    expect(parts.map(({ bytes }) => bytes)).toEqual([body.length, 3]);
    await objects.completeUpload('copied.json', id, parts);
    expect(await objects.size('copied.json')).toBe(body.length + 3);
  });
});

describe('updateIf', () => {
  test('returns the item after the update, or the existing item when the condition failed', async () => {
    const { table } = aws;
    const key = { job_id: 'conditional', part: 'p' };
    const setTo = (value: string, condition: string) =>
      table.updateIf({
        key,
        update: 'SET #v = :v',
        condition,
        names: { '#v': 'v' },
        values: { ':v': { S: value } },
        ...call,
      });
    const call = { signal: new AbortController().signal };
    expect(await setTo('a', 'attribute_exists(#v)')).toEqual({ applied: false, item: undefined });
    expect(await setTo('a', 'attribute_not_exists(#v)')).toMatchObject({ applied: true, item: { v: { S: 'a' } } });
    expect(await setTo('b', 'attribute_not_exists(#v)')).toMatchObject({ applied: false, item: { v: { S: 'a' } } });
  });
});

const crcOf = (bytes: Uint8Array) => {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
};

describe('the owner of the bucket', () => {
  test('is expected by calls that write, read and delete: a bucket of another account is refused', async () => {
    const otherOwner = { ...aws.settings, bucketOwner: '000000000000' };
    for (const [bucketOwner, refused] of [
      ['000000000000', false],
      ['111111111111', true],
    ] as const) {
      const clientsOfOwner = createClients({ ...otherOwner, bucketOwner }, { env: {} });
      const objects = openObjects(clientsOfOwner, otherOwner.bucket);
      for (const call of [
        () => objects.put('owned.json', Buffer.from('[]')),
        () => objects.get('owned.json').then((object) => object?.discard()),
        () => objects.size('owned.json'),
        () => objects.createUpload('owned.json'),
        () => objects.abortUpload('owned.json', 'no-upload'),
        () => objects.delete('owned.json'),
      ]) {
        if (refused) await expect(call()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
        else await call();
      }
      clientsOfOwner.destroy();
    }
  });
});
