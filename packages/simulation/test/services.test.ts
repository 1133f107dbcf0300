// The services of a simulated world: the engines of the embedded AWS, with the SDK's objects and errors around them.
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { resourceDefinitions } from '@movie-load/aws';
import { diceOf } from '../src/engine/dice.ts';
import { createDynamoDb, type DynamoDbOptions } from '../src/services/dynamodb.ts';
import { createS3 } from '../src/services/s3.ts';
import { NAMES } from '../src/world/names.ts';

function setUp(options: Partial<DynamoDbOptions> = {}) {
  const clock = { ms: 0, now: () => clock.ms };
  const { uuid } = diceOf(1, 'services');
  const dynamodb = createDynamoDb({ clock, uuid, ...options });
  dynamodb.apply('CreateTable', resourceDefinitions(NAMES).table);

  const s3 = createS3({ clock, uuid, minPartBytes: 1 });
  s3.apply('CreateBucket', { Bucket: NAMES.bucket });
  return { clock, dynamodb, s3 };
}

type SimulatedServices = ReturnType<typeof setUp>;

const Key = { job_id: { S: 'job' }, part: { S: 'job' } };

function put({ dynamodb }: SimulatedServices, attributes: object, more: object = {}): object {
  return dynamodb.apply('PutItem', { TableName: NAMES.table, Item: { ...Key, ...attributes }, ...more });
}

function errorOf(call: () => object): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe('DynamoDB', () => {
  test('returns an older state for an eventually consistent read, and the present one for a consistent read', () => {
    const setting = setUp({ stale: { ms: () => 50, maxMs: 1000 } });
    put(setting, { n: { N: '1' } });
    setting.clock.ms = 100;
    put(setting, { n: { N: '2' } });
    const get = (ConsistentRead?: boolean) =>
      setting.dynamodb.apply('GetItem', { TableName: NAMES.table, Key, ConsistentRead });
    expect([get(), get(true)]).toMatchObject([{ Item: { n: { N: '1' } } }, { Item: { n: { N: '2' } } }]);
  });

  test('is not changed by objects that a caller changes after the call', () => {
    const setting = setUp();
    const tags = { SS: ['a'] };
    put(setting, { tags });
    tags.SS.push('b');
    expect(setting.dynamodb.item(NAMES.table, Key)?.tags).toEqual({ SS: ['a'] });
  });

  test('takes and returns byte arrays, in lists and sets too', () => {
    const setting = setUp();
    const bytes = new Uint8Array([0, 255]);
    const attributes = { one: { B: bytes }, set: { BS: [bytes] }, list: { L: [{ B: bytes }] }, B: { S: 'not bytes' } };
    put(setting, attributes);
    const answer = setting.dynamodb.apply('GetItem', { TableName: NAMES.table, Key });
    expect(answer).toEqual({ Item: { ...Key, ...attributes } });
  });

  test('fails with the SDK’s exception, which also has the other members of AWS’s answer', () => {
    const setting = setUp();
    put(setting, { n: { N: '1' } });
    const error = errorOf(() =>
      put(
        setting,
        {},
        {
          ConditionExpression: 'attribute_not_exists(job_id)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      ),
    );
    expect(error).toBeInstanceOf(DynamoDBServiceException);
    expect(error).toMatchObject({
      name: 'ConditionalCheckFailedException',
      $metadata: { httpStatusCode: 400 },
      Item: { n: { N: '1' } },
    });
  });

  test('reports each write with the item before and after it, large values included', () => {
    const writes: unknown[] = [];
    const setting = setUp({ onWrite: (before, after) => writes.push([before?.movies, after?.movies]) });
    const movies = { L: [{ S: 'x'.repeat(2000) }] };
    put(setting, { movies });
    setting.dynamodb.apply('DeleteItem', { TableName: NAMES.table, Key });
    expect(writes).toEqual([
      [undefined, movies],
      [movies, undefined],
    ]);
  });
});

describe('S3', () => {
  test('stores a copy of the body that was sent', () => {
    const { s3 } = setUp();
    const Body = Buffer.from('as sent');
    s3.apply('PutObject', { Bucket: NAMES.bucket, Key: 'a', Body });
    Body.fill(0);
    expect(Buffer.from(s3.engine.bytes(NAMES.bucket, 'a') ?? []).toString()).toBe('as sent');
  });

  test.each([
    ['GetObject', 'NoSuchKey'],
    ['HeadObject', 'NotFound'],
  ])('fails %s of a missing object with the SDK’s %s', (operation, name) => {
    const { s3 } = setUp();
    const error = errorOf(() => s3.apply(operation, { Bucket: NAMES.bucket, Key: 'missing' }));
    expect(error).toBeInstanceOf(S3ServiceException);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: 404 } });
  });
});
