// What each request counts as, with a next middleware that answers or fails as the test requires.
import { expect, test } from '@jest/globals';
import { countingMiddleware, createCounters } from '../src/index.ts';
import { refusal } from './fake-aws.ts';

async function counted(service: string, commandName: string | undefined, answer: object) {
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
const none = { failures: {}, throttles: {}, writeUnits: 0, readUnits: 0 };

test.each(['PutItem', 'UpdateItem', 'BatchWriteItem'])('%s counts write units', async (operation) => {
  const calls = { [`dynamodb:${operation}`]: 1 };
  expect(await counted('dynamodb', `${operation}Command`, units(3))).toEqual({ ...none, calls, writeUnits: 3 });
  const both = { ConsumedCapacity: [{ CapacityUnits: 2 }, {}, { CapacityUnits: 5 }] };
  expect(await counted('dynamodb', `${operation}Command`, both)).toEqual({ ...none, calls, writeUnits: 7 });
  expect(await counted('dynamodb', `${operation}Command`, {})).toEqual({ ...none, calls });
});

test.each(['GetItem', 'Query'])('%s counts read units', async (operation) => {
  const calls = { [`dynamodb:${operation}`]: 1 };
  expect(await counted('dynamodb', `${operation}Command`, units(0.5))).toEqual({ ...none, calls, readUnits: 0.5 });
});

test('a call that neither reads nor writes items counts no units, and neither does S3', async () => {
  expect(await counted('dynamodb', 'DescribeTableCommand', units(3))).toEqual({
    ...none,
    calls: { 'dynamodb:DescribeTable': 1 },
  });
  expect(await counted('s3', 'PutItemCommand', units(3))).toEqual({ ...none, calls: { 's3:PutItem': 1 } });
  expect(await counted('s3', 'GetItemCommand', units(3))).toEqual({ ...none, calls: { 's3:GetItem': 1 } });
  expect(await counted('s3', undefined, {})).toEqual({ ...none, calls: { 's3:unknown': 1 } });
  expect(await counted('s3', 'CommandCommand', {})).toEqual({ ...none, calls: { 's3:Command': 1 } });
});

test('a failed condition counts as a billed write, not as a failure; on a read it is a failure', async () => {
  const failed = refusal('ConditionalCheckFailedException');
  const write = await counted('dynamodb', 'UpdateItemCommand', failed);
  expect(write).toEqual({ ...none, calls: { 'dynamodb:UpdateItem': 1 }, writeUnits: 1 });
  const refused = await counted('dynamodb', 'UpdateItemCommand', refusal('AccessDeniedException'));
  const key = { 'dynamodb:UpdateItem': 1 };
  expect(refused).toEqual({ ...none, calls: key, failures: key });
  const read = await counted('dynamodb', 'QueryCommand', failed);
  expect(read).toEqual({ ...none, calls: { 'dynamodb:Query': 1 }, failures: { 'dynamodb:Query': 1 } });
});

test('a throttled request counts as a failure, and a partly throttled one does not', async () => {
  const key = { 'sqs:SendMessageBatch': 1 };
  const whole = await counted('sqs', 'SendMessageBatchCommand', refusal('RequestThrottled'));
  expect(whole).toEqual({ ...none, calls: key, failures: key, throttles: key });
  const Failed = [{ Code: 'InvalidMessageContents' }, {}, { Code: 'RequestThrottled' }];
  const part = await counted('sqs', 'SendMessageBatchCommand', { Failed });
  expect(part).toEqual({ ...none, calls: key, throttles: key });
  const other = await counted('sqs', 'SendMessageBatchCommand', { Failed: Failed.slice(0, 2) });
  expect(other).toEqual({ ...none, calls: key });
  const broken = await counted('sqs', 'SendMessageBatchCommand', refusal('AccessDenied'));
  expect(broken).toEqual({ ...none, calls: key, failures: key });
});
