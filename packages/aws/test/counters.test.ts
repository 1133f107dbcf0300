// What each request counts as, with a next middleware that answers or fails as the test requires.
import { expect, test } from '@jest/globals';
import { countingMiddleware, createCounters } from '../src/index.ts';
import { refusal } from './fake-aws.ts';

async function countsOfCall(service: string, commandName: string | undefined, answer: object) {
  const counters = createCounters();
  const next = async () => {
    if (Error.isError(answer)) throw answer;
    return { output: answer, response: undefined };
  };
  const middleware = countingMiddleware<object, object>(service, counters)(next, { commandName } as never);
  const outcome = await middleware({ input: {}, request: {} }).then(
    ({ output }) => output,
    (error: unknown) => error,
  );
  expect(outcome).toBe(answer);
  const { calls, failures, throttles, writeUnits, readUnits } = counters;
  return {
    calls: Object.fromEntries(calls),
    failures: Object.fromEntries(failures),
    throttles: Object.fromEntries(throttles),
    writeUnits,
    readUnits,
  };
}

const units = (CapacityUnits: number) => ({ ConsumedCapacity: { CapacityUnits } });
const NO_COUNTS = { failures: {}, throttles: {}, writeUnits: 0, readUnits: 0 };

test.each(['PutItem', 'UpdateItem', 'BatchWriteItem'])('%s counts write units', async (operation) => {
  const calls = { [`dynamodb:${operation}`]: 1 };
  expect(await countsOfCall('dynamodb', `${operation}Command`, units(3))).toEqual({
    ...NO_COUNTS,
    calls,
    writeUnits: 3,
  });
  const twoTables = { ConsumedCapacity: [{ CapacityUnits: 2 }, {}, { CapacityUnits: 5 }] };
  expect(await countsOfCall('dynamodb', `${operation}Command`, twoTables)).toEqual({
    ...NO_COUNTS,
    calls,
    writeUnits: 7,
  });
  expect(await countsOfCall('dynamodb', `${operation}Command`, {})).toEqual({ ...NO_COUNTS, calls });
});

test.each(['GetItem', 'Query'])('%s counts read units', async (operation) => {
  const calls = { [`dynamodb:${operation}`]: 1 };
  expect(await countsOfCall('dynamodb', `${operation}Command`, units(0.5))).toEqual({
    ...NO_COUNTS,
    calls,
    readUnits: 0.5,
  });
});

test('a call that neither reads nor writes items counts no units, and neither does S3', async () => {
  expect(await countsOfCall('dynamodb', 'DescribeTableCommand', units(3))).toEqual({
    ...NO_COUNTS,
    calls: { 'dynamodb:DescribeTable': 1 },
  });
  expect(await countsOfCall('s3', 'PutItemCommand', units(3))).toEqual({ ...NO_COUNTS, calls: { 's3:PutItem': 1 } });
  expect(await countsOfCall('s3', 'GetItemCommand', units(3))).toEqual({ ...NO_COUNTS, calls: { 's3:GetItem': 1 } });
  expect(await countsOfCall('s3', undefined, {})).toEqual({ ...NO_COUNTS, calls: { 's3:unknown': 1 } });
  expect(await countsOfCall('s3', 'CommandCommand', {})).toEqual({ ...NO_COUNTS, calls: { 's3:Command': 1 } });
});

test('a failed condition counts as a billed write, not as a failure; on a read it is a failure', async () => {
  const failed = refusal('ConditionalCheckFailedException');
  const write = await countsOfCall('dynamodb', 'UpdateItemCommand', failed);
  expect(write).toEqual({ ...NO_COUNTS, calls: { 'dynamodb:UpdateItem': 1 }, writeUnits: 1 });
  const refused = await countsOfCall('dynamodb', 'UpdateItemCommand', refusal('AccessDeniedException'));
  const key = { 'dynamodb:UpdateItem': 1 };
  expect(refused).toEqual({ ...NO_COUNTS, calls: key, failures: key });
  const read = await countsOfCall('dynamodb', 'QueryCommand', failed);
  expect(read).toEqual({ ...NO_COUNTS, calls: { 'dynamodb:Query': 1 }, failures: { 'dynamodb:Query': 1 } });
});

test('a throttled request counts as a failure, and a partly throttled one does not', async () => {
  const key = { 'sqs:SendMessageBatch': 1 };
  const throttled = await countsOfCall('sqs', 'SendMessageBatchCommand', refusal('RequestThrottled'));
  expect(throttled).toEqual({ ...NO_COUNTS, calls: key, failures: key, throttles: key });
  const Failed = [{ Code: 'InvalidMessageContents' }, {}, { Code: 'RequestThrottled' }];
  const part = await countsOfCall('sqs', 'SendMessageBatchCommand', { Failed });
  expect(part).toEqual({ ...NO_COUNTS, calls: key, throttles: key });
  const other = await countsOfCall('sqs', 'SendMessageBatchCommand', { Failed: Failed.slice(0, 2) });
  expect(other).toEqual({ ...NO_COUNTS, calls: key });
  const batch = { 'dynamodb:BatchWriteItem': 1 };
  const unprocessed = await countsOfCall('dynamodb', 'BatchWriteItemCommand', { UnprocessedItems: { table: [{}] } });
  expect(unprocessed).toEqual({ ...NO_COUNTS, calls: batch, throttles: batch });
  const processed = await countsOfCall('dynamodb', 'BatchWriteItemCommand', { UnprocessedItems: { table: [] } });
  expect(processed).toEqual({ ...NO_COUNTS, calls: batch });
  const broken = await countsOfCall('sqs', 'SendMessageBatchCommand', refusal('AccessDenied'));
  expect(broken).toEqual({ ...NO_COUNTS, calls: key, failures: key });
});

test('createCounters starts with zeros', () => {
  expect(createCounters()).toEqual({
    calls: new Map(),
    failures: new Map(),
    throttles: new Map(),
    writeUnits: 0,
    readUnits: 0,
  });
});
