// The complete requests of the table adapter, and what it returns or throws when a call fails.
import { describe, expect, test } from '@jest/globals';
import { openTable } from '../src/index.ts';
import { client, named } from './recording-client.ts';

const { signal } = new AbortController();

describe('the table port', () => {
  const key = { job_id: 'j', part: 'p' };
  const item = { job_id: { S: 'j' }, part: { S: 'p' } };
  const CALLS: readonly [string, (table: ReturnType<typeof openTable>) => Promise<unknown>, object][] = [
    [
      'GetItem',
      (table) => table.get(key, { signal }),
      { Key: item, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' },
    ],
    [
      'Query',
      (table) =>
        table.query({ partition: 'j', between: ['a', 'b'], start: item, limit: 5, attributes: ['x', 'y'], signal }),
      {
        KeyConditionExpression: '#job_id = :job_id AND #part BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#job_id': 'job_id', '#part': 'part', '#x': 'x', '#y': 'y' },
        ExpressionAttributeValues: { ':job_id': { S: 'j' }, ':from': { S: 'a' }, ':to': { S: 'b' } },
        ProjectionExpression: '#x, #y',
        ExclusiveStartKey: item,
        Limit: 5,
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      },
    ],
    [
      'Query',
      (table) => table.queryJobs({ limit: 5, start: item, signal }),
      {
        IndexName: 'jobs',
        KeyConditionExpression: '#kind = :kind',
        ExpressionAttributeNames: { '#kind': 'kind' },
        ExpressionAttributeValues: { ':kind': { S: 'job' } },
        ScanIndexForward: false,
        Limit: 5,
        ExclusiveStartKey: item,
        ReturnConsumedCapacity: 'TOTAL',
      },
    ],
    [
      'PutItem',
      (table) => table.create(item, { signal }),
      {
        Item: item,
        ConditionExpression: 'attribute_not_exists(#job_id)',
        ExpressionAttributeNames: { '#job_id': 'job_id' },
        ReturnConsumedCapacity: 'INDEXES',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ],
  ];

  test.each(CALLS)('sends %s with exactly the parameters of its request', async (name, call, input) => {
    const { sender, requested } = client({});
    await call(openTable({ dynamodb: sender } as Parameters<typeof openTable>[0], 'table'));
    expect(requested).toEqual([{ name, signal, input: { TableName: 'table', ...input } }]);
  });

  test.each(['update', 'updateIf'] as const)(
    'sends UpdateItem (%s), asks for the item, and for the units of the index if the update touches it',
    async (call) => {
      const { sender, requested } = client({}, {});
      const table = openTable({ dynamodb: sender } as Parameters<typeof openTable>[0], 'table');
      const request = {
        key,
        update: 'SET #a = :a',
        condition: '#b = :b',
        names: { '#a': 'a' },
        values: { ':a': { S: 'x' } },
      };
      await table[call]({ ...request, signal });
      await table[call]({ ...request, signal, returns: 'before', touchesIndex: true });
      const input = {
        TableName: 'table',
        Key: item,
        UpdateExpression: 'SET #a = :a',
        ConditionExpression: '#b = :b',
        ExpressionAttributeNames: { '#a': 'a' },
        ExpressionAttributeValues: { ':a': { S: 'x' } },
        ...(call === 'updateIf' && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      };
      expect(requested).toEqual([
        { name: 'UpdateItem', signal, input: { ...input, ReturnValues: 'ALL_NEW', ReturnConsumedCapacity: 'TOTAL' } },
        { name: 'UpdateItem', signal, input: { ...input, ReturnValues: 'ALL_OLD', ReturnConsumedCapacity: 'INDEXES' } },
      ]);
    },
  );

  test('sends BatchWriteItem with every item, and returns the unprocessed ones', async () => {
    const items = Array.from({ length: 25 }, (_, index) => ({ job_id: { S: 'j' }, part: { S: `p${index}` } }));
    const keys = items.map(({ part }) => ({ job_id: 'j', part: part.S }));
    const requests = items.map((Key) => ({ DeleteRequest: { Key } }));
    const unparsable = [
      { DeleteRequest: { Key: { job_id: { S: 'j' }, part: { N: '1' } } } },
      { DeleteRequest: { Key: { job_id: { N: '1' }, part: { S: 'p1' } } } },
      { DeleteRequest: { Key: { job_id: { S: 'j' } } } },
      { DeleteRequest: {} },
      {},
    ];
    const { sender, requested } = client(
      {},
      {},
      { UnprocessedItems: { other: requests.slice(3, 5) } },
      ...unparsable.map((entry) => ({ UnprocessedItems: { table: [...requests.slice(3, 5), entry] } })),
    );
    const table = openTable({ dynamodb: sender } as Parameters<typeof openTable>[0], 'table');
    expect(await table.putBatch(items, { signal })).toEqual([]);
    expect(await table.deleteBatch(keys, { signal })).toEqual([]);
    expect(await table.deleteBatch(keys)).toEqual(keys.slice(3, 5));
    // An unprocessed entry that cannot be parsed may be any key of the batch, so all count as unprocessed.
    for (const _ of unparsable) expect(await table.deleteBatch(keys)).toEqual(keys);
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    expect(requested.slice(0, 2)).toEqual([
      { name: 'BatchWriteItem', signal, input: { RequestItems: { table: puts }, ReturnConsumedCapacity: 'TOTAL' } },
      { name: 'BatchWriteItem', signal, input: { RequestItems: { table: requests }, ReturnConsumedCapacity: 'TOTAL' } },
    ]);
  });

  test('returns a failed condition as a result, and throws every other error', async () => {
    const conditionFailed = Object.assign(named('ConditionalCheckFailedException'), { Item: item });
    const request = { key, update: 'u', condition: 'c', names: {}, values: {} };
    const { sender } = client(
      conditionFailed,
      conditionFailed,
      ...Array.from({ length: 6 }, () => named('ResourceNotFoundException')),
    );
    const table = openTable({ dynamodb: sender } as Parameters<typeof openTable>[0], 'table');
    expect(await table.update(request)).toBeUndefined();
    expect(await table.updateIf(request)).toEqual({ applied: false, item });
    const calls = [
      () => table.update(request),
      () => table.updateIf(request),
      () => table.create(item),
      () => table.get(key),
      () => table.putBatch([item]),
      () => table.deleteBatch([key]),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow('ResourceNotFoundException');
  });
});
