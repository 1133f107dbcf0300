// DynamoDB over HTTP: the JSON protocol, and invalid bodies.

import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isWithinLimits } from '../../src/http/json-structure.ts';
import { type LocalAws, startLocalAws } from '../../src/index.ts';
import { call } from '../support/server.ts';

let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws();
  await send('CreateTable', {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
});

afterAll(() => aws.close());

const send = (operation: string, body: object | string) => call(aws, `DynamoDB_20120810.${operation}`, body);

describe('a DynamoDB answer over HTTP', () => {
  test('has a checksum, a request id and the stored item, with small and large values, when items are returned', async () => {
    const large = {
      L: Array.from({ length: 300 }, (_, i) => ({ M: { title: { S: `Öl "${i}" 🎬` }, n: { N: `${i}` } } })),
    };
    const item = { pk: { S: 'a"b' }, large, map: { M: {} }, bytes: { B: 'AAEC' }, 'name "x"': { S: '\n' } };
    await send('PutItem', { TableName: 'table', Item: item });
    const Key = { pk: item.pk };
    const answer = async (operation: string, input: object) => {
      const { status, headers, body } = await send(operation, input);
      expect(headers.get('x-amz-crc32')).toBe(String(crc32(body)));
      expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
      return { status, body };
    };
    const parsed = async (operation: string, input: object) => JSON.parse((await answer(operation, input)).body);
    expect(await parsed('GetItem', { TableName: 'table', Key })).toEqual({ Item: item });
    const byKey = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': item.pk } };
    expect((await parsed('Query', { TableName: 'table', ...byKey })).Items).toEqual([item]);
    expect((await parsed('Scan', { TableName: 'table' })).Items).toEqual([item]);
    expect((await parsed('BatchGetItem', { RequestItems: { table: { Keys: [Key] } } })).Responses).toEqual({
      table: [item],
    });
    const get = { Get: { TableName: 'table', Key } };
    expect((await parsed('TransactGetItems', { TransactItems: [get] })).Responses).toEqual([{ Item: item }]);
    const failed = await answer('PutItem', {
      TableName: 'table',
      Item: Key,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect([failed.status, JSON.parse(failed.body)]).toEqual([
      400,
      {
        __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: item,
      },
    ]);
    expect((await parsed('DeleteItem', { TableName: 'table', Key, ReturnValues: 'ALL_OLD' })).Attributes).toEqual(item);
  });

  test('is an UnknownOperationException for an operation that does not exist', async () => {
    const { status, body } = await send('ExecuteStatement', {});
    expect([status, JSON.parse(body)]).toEqual([400, { __type: 'com.amazon.coral.service#UnknownOperationException' }]);
  });
});

describe('a DynamoDB request over HTTP', () => {
  test.each(['null', '[]', '"text"', '1', 'true', '{', '\u0000', '['.repeat(300_000), '{"a":'.repeat(300_000)])(
    'is refused when its body is not a JSON object: %#',
    async (body) => {
      const answer = await send('PutItem', body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).__type).toBe('com.amazon.coral.service#SerializationException');
    },
  );

  test('is refused by DynamoDB itself when it is nested 3,000 deep', async () => {
    const deep = `${'{"L":['.repeat(3000)}{"S":"a"}${']}'.repeat(3000)}`;
    const answer = await send('PutItem', `{"TableName":"table","Item":{"pk":{"S":"a"},"deep":${deep}}}`);
    expect(JSON.parse(answer.body).message).toContain('Nesting Levels have exceeded supported limits');
  });

  test('is refused when it has too many parts', async () => {
    const body = `{"RequestItems":{"table":[${Array(400_000).fill('{}').join(',')}]}}`;
    expect(JSON.parse((await send('BatchWriteItem', body)).body).Message).toContain('too many parts');
  });
});

describe('the limit on JSON structure', () => {
  // `maxLength` limits the commas of one list or object, so it allows one element more.
  const limits = { maxParts: 10, maxLength: 4, maxDepth: 3 };
  const within = (text: string) => isWithinLimits(Buffer.from(text), limits);

  test.each([
    ['{"a":[1,2,{}]}', true],
    ['[1,2,3,4,5]', true],
    ['[1,2,3,4,5,6]', false],
    ['["a","b","c","d","e"]', true],
    ['["a","b","c","d","e","f"]', false],
    ['{"a":"b","c":["d"],"e":"f"}', true],
    ['[[]]', true],
    ['[{},{},{},{}]', true],
    ['[[],[],[],[]]', true],
    ['[{},{},{},{},{},{}]', false],
    ['[[[[]]]]', false],
    ['[[],[],[]],[[],[],[]]', false],
    [String.raw`["[[[[,,,,,,,,,\"[[[[",1]`, true],
    [String.raw`["\\",[[[`, false],
    ['"[[[[', true],
    ['', true],
  ])('is applied to %s: %p', (text, fits) => {
    expect(within(text)).toBe(fits);
  });
});
