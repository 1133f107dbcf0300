// The requests of the table and bucket adapters, and how they read the SDK's answers, with a client that records
// requests.
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { openObjects, openTable } from '../src/index.ts';

import { client, named } from './recording-client.ts';

const { signal } = new AbortController();

describe('the table', () => {
  const open = (...answers: unknown[]) => {
    const dynamodb = client(...answers);
    return { ...dynamodb, table: openTable({ dynamodb: dynamodb.sender } as Parameters<typeof openTable>[0], 'table') };
  };
  const key = { job_id: 'j', part: 'p' };
  const item = { job_id: { S: 'j' }, part: { S: 'p' } };

  test('reads consistently', async () => {
    const { table, last } = open({ Item: item }, { Items: [item], LastEvaluatedKey: item });
    expect(await table.get(key, { signal })).toEqual(item);
    expect(last()).toMatchObject({
      name: 'GetItem',
      signal,
      input: { TableName: 'table', Key: item, ConsistentRead: true },
    });
    const request = {
      partition: 'j',
      between: ['a', 'b'] as const,
      start: item,
      limit: 5,
      attributes: ['x', 'y'],
      signal,
    };
    expect(await table.query(request)).toEqual({ items: [item], next: item });
    expect(last()).toMatchObject({
      name: 'Query',
      signal,
      input: { ConsistentRead: true, ProjectionExpression: '#x, #y', ExclusiveStartKey: item, Limit: 5 },
    });
    expect(await table.query({ partition: 'j', between: ['a', 'b'] })).toEqual({ items: [], next: undefined });
    for (const name of ['ProjectionExpression', 'ExclusiveStartKey', 'Limit'])
      expect(last().input).not.toHaveProperty(name);
  });

  test('lists jobs by the index, the latest first', async () => {
    const { table, last } = open();
    expect(await table.queryJobs({ limit: 5, start: item, signal })).toEqual({ items: [], next: undefined });
    expect(last()).toMatchObject({
      signal,
      input: { IndexName: 'jobs', ScanIndexForward: false, Limit: 5, ExclusiveStartKey: item },
    });
    await table.queryJobs({ limit: 5 });
    expect(last().input).not.toHaveProperty('ExclusiveStartKey');
  });

  test('reports an item that exists already instead of creating it, and throws any other failure', async () => {
    const exists = Object.assign(named('ConditionalCheckFailedException'), { Item: { ...item, existing: { S: 'x' } } });
    const { table, last } = open({}, exists, named('ConditionalCheckFailedException'), named('ThrottlingException'));
    expect(await table.create(item, { signal })).toBeUndefined();
    expect(last()).toMatchObject({
      name: 'PutItem',
      signal,
      input: {
        Item: item,
        ConditionExpression: 'attribute_not_exists(#job_id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    });
    expect(await table.create(item)).toEqual({ ...item, existing: { S: 'x' } });
    // Some emulators do not return the existing item.
    expect(await table.create(item)).toEqual({});
    await expect(table.create(item)).rejects.toThrow('ThrottlingException');
  });

  test('removes items in a batch and returns the keys that were not removed', async () => {
    const unprocessed = { table: [{ DeleteRequest: { Key: item } }] };
    const { table, last } = open({ UnprocessedItems: unprocessed }, {});
    expect(await table.deleteBatch([key], { signal })).toEqual([key]);
    expect(last()).toMatchObject({ name: 'BatchWriteItem', signal, input: { RequestItems: unprocessed } });
    expect(await table.deleteBatch([key])).toEqual([]);
  });

  test('updates with a condition or without one', async () => {
    const { table, last } = open(
      { Attributes: item },
      {},
      named('ConditionalCheckFailedException'),
      named('InternalServerError'),
    );
    const request = { key, update: 'ADD #a :a', names: { '#a': 'a' }, values: { ':a': { N: '1' } } };
    expect(await table.update({ ...request, condition: '#a = :a', touchesIndex: true, signal })).toEqual(item);
    expect(last()).toMatchObject({
      name: 'UpdateItem',
      signal,
      input: { Key: item, ConditionExpression: '#a = :a', ReturnValues: 'ALL_NEW', ReturnConsumedCapacity: 'INDEXES' },
    });
    expect(await table.update(request)).toEqual({});
    expect(last().input).not.toHaveProperty('ConditionExpression');
    expect(last().input).toMatchObject({ ReturnConsumedCapacity: 'TOTAL' });
    expect(await table.update(request)).toBeUndefined();
    await expect(table.update(request)).rejects.toThrow('InternalServerError');
  });

  test('returns the items of a batch that were not written; every empty form of the answer means none', async () => {
    const unprocessed = { table: [{ PutRequest: { Item: item } }] };
    const { table, last } = open(
      { UnprocessedItems: unprocessed },
      { UnprocessedItems: { table: [] } },
      { UnprocessedItems: {} },
      {},
    );
    expect(await table.putBatch([item, item], { signal })).toEqual([item]);
    expect(last()).toMatchObject({ name: 'BatchWriteItem', signal, input: { RequestItems: { table: [{}, {}] } } });
    for (let time = 0; time < 3; time++) expect(await table.putBatch([item])).toEqual([]);
  });

  test.each([
    ['under another name', { 'arn:table': [{ PutRequest: { Item: item } }] }, [item]],
    [
      'that cannot be parsed, because it may be any item',
      { table: [{ PutRequest: { Item: item } }, {}] },
      [item, { ...item, n: { N: '2' } }],
    ],
  ])('keeps an unwritten item: %s', async (_, UnprocessedItems, unprocessed) => {
    const { table } = open({ UnprocessedItems });
    expect(await table.putBatch([item, { ...item, n: { N: '2' } }])).toEqual(unprocessed);
  });
});

describe('the bucket', () => {
  const open = (...answers: unknown[]) => {
    const s3 = client(...answers);
    return { ...s3, objects: openObjects({ s3: s3.sender } as Parameters<typeof openObjects>[0], 'bucket') };
  };

  test('passes the caller’s signal to every call except for `get`', async () => {
    // `get` has a signal of its own, which the caller's aborts: see below.
    const { objects, requested } = open({ ContentLength: 3 }, {}, { UploadId: 'u' });
    expect(await objects.size('k', { signal })).toBe(3);
    await objects.put('k', new Uint8Array(1), { signal });
    expect(await objects.createUpload('k', { signal })).toBe('u');
    await objects.uploadPart('k', 'u', 4, new Uint8Array(1), { signal });
    await objects.completeUpload('k', 'u', [{ number: 4, etag: 'e', crc32: 'c' }], { signal });
    await objects.abortUpload('k', 'u', { signal });
    await objects.delete('k', { signal });
    await objects.copyPart('k', 'u', 4, { first: 0, last: 1 }, { signal });
    await objects.listParts('k', 'u', { signal });
    expect(requested.map(({ name }) => name)).toEqual([
      'HeadObject',
      'PutObject',
      'CreateMultipartUpload',
      'UploadPart',
      'CompleteMultipartUpload',
      'AbortMultipartUpload',
      'DeleteObject',
      'UploadPartCopy',
      'ListParts',
    ]);
    expect(new Set(requested.map((one) => one.signal))).toEqual(new Set([signal]));
  });

  test('completes an upload with the part numbers, ETags and checksums that it was given', async () => {
    const { objects, last } = open();
    await objects.completeUpload('k', 'u', [
      { number: 1, etag: 'e1', crc32: 'c1' },
      { number: 2, etag: 'e2', crc32: undefined },
    ]);
    expect(last().input).toMatchObject({
      UploadId: 'u',
      MultipartUpload: {
        Parts: [
          { PartNumber: 1, ETag: 'e1', ChecksumCRC32: 'c1' },
          { PartNumber: 2, ETag: 'e2' },
        ],
      },
    });
  });

  test('treats NoSuchKey and NotFound as a missing object, and throws other failures', async () => {
    for (const name of ['NoSuchKey', 'NotFound']) {
      expect(await open(named(name)).objects.size('k')).toBeUndefined();
      expect(await open(named(name)).objects.get('k')).toBeUndefined();
    }
    await expect(open(named('AccessDenied')).objects.size('k')).rejects.toThrow('AccessDenied');
    await expect(open(named('NoSuchBucket')).objects.get('k')).rejects.toThrow('NoSuchBucket');
    expect(await open({}).objects.size('k')).toBe(0);
  });

  test('treats a missing upload as aborted, and throws when an upload cannot be aborted or has no id', async () => {
    await open(named('NoSuchUpload')).objects.abortUpload('k', 'u');
    await expect(open(named('AccessDenied')).objects.abortUpload('k', 'u')).rejects.toThrow('AccessDenied');
    await expect(open({}).objects.createUpload('k')).rejects.toMatchObject({ code: 's3_answer' });
  });

  test('throws when the upload to be completed or written to does not exist', async () => {
    const { objects } = open(named('NoSuchUpload'), named('NoSuchUpload'));
    await expect(objects.completeUpload('k', 'u', [])).rejects.toThrow('NoSuchUpload');
    await expect(objects.uploadPart('k', 'u', 1, new Uint8Array(1))).rejects.toThrow('NoSuchUpload');
  });

  test('returns an object’s size and bytes, and its request ends when the signal aborts', async () => {
    const stop = new AbortController();
    const { objects, last } = open({ Body: Readable.from([Buffer.from('ab')]), ContentLength: 2 });
    const object = await objects.get('k', { signal: stop.signal });
    expect(object?.bytes).toBe(2);
    const chunks: Uint8Array[] = [];
    for await (const chunk of object?.body ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('ab');
    expect(last().signal?.aborted).toBe(false);
    stop.abort();
    expect(last().signal?.aborted).toBe(true);
    expect(await open({ Body: Readable.from([]) }).objects.get('k')).toMatchObject({ bytes: 0 });
    await expect(open({}).objects.get('k')).rejects.toMatchObject({ code: 's3_answer' });
  });

  test('ends the request of an object that is not read to its end', async () => {
    const body = new Readable({ read: () => undefined });
    const { objects, last } = open({ Body: body, ContentLength: 2 });
    const object = await objects.get('k');
    object?.discard();
    await new Promise(setImmediate);
    expect(last().signal?.aborted).toBe(true);
  });
});
