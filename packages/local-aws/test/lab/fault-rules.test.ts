// Fault rules: which calls they strike, how often, and which rules are refused.

import { afterEach, describe, expect, test } from '@jest/globals';
import { FAULT_PRESETS, FaultRules, type LocalAws, startLocalAws } from '../../src/index.ts';
import { call, query } from '../support/server.ts';

let aws: LocalAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

async function start(...rules: object[]) {
  // A rule strikes when its probability is over this number.
  const faults = new FaultRules(() => 0.5);
  const server = await startLocalAws({ faults });
  aws = server;
  await call(server, 'AmazonSQS.CreateQueue', { QueueName: 'q' });
  faults.add(rules);
  const url = `${server.endpoint}/000000000000/q`;
  const sqs = async (action: string, input: object) => {
    const { status, body } = await call(server, `AmazonSQS.${action}`, { QueueUrl: url, ...input });
    return { status, body: JSON.parse(body) };
  };
  const waiting = async () => {
    const { body } = await sqs('GetQueueAttributes', { AttributeNames: ['ApproximateNumberOfMessages'] });
    return Number(body.Attributes.ApproximateNumberOfMessages);
  };
  return { server, faults, sqs, waiting };
}

const send = { MessageBody: 'x' };

describe('a fault rule', () => {
  test('strikes as many calls as its `times` says, and counts them', async () => {
    const { faults, sqs, waiting } = await start({ operation: 'sqs:SendMessage', fault: 'error', times: 2 });
    expect((await sqs('SendMessage', send)).status).toBe(503);
    expect((await sqs('SendMessage', send)).status).toBe(503);
    expect((await sqs('SendMessage', send)).status).toBe(200);
    expect(await waiting()).toBe(1);
    expect(faults.list()).toMatchObject([{ id: 1, struck: 2 }]);
    expect(faults.clear(1)).toBe(1);
    expect(faults.list()).toEqual([]);
  });

  test('strikes after the effect, so that only the answer is lost', async () => {
    const { sqs, waiting } = await start({ operation: 'sqs:Send*', when: 'after', fault: 'reset' });
    await expect(sqs('SendMessage', send)).rejects.toThrow();
    expect(await waiting()).toBe(1);
  });

  test('answers with its status and code, or throttles as the service does', async () => {
    const { server, sqs } = await start(
      { operation: 'sqs:SendMessage', fault: 'throttle' },
      { operation: 'dynamodb:PutItem', fault: 'error', status: 418, code: 'Teapot' },
      { operation: 'dynamodb:*', fault: 'throttle' },
    );
    expect((await sqs('SendMessage', send)).body.__type).toContain('RequestThrottled');
    expect((await query(server, { Action: 'SendMessage' })).status).toBe(403);
    expect(await call(server, 'DynamoDB_20120810.PutItem', {})).toMatchObject({
      status: 418,
      body: expect.stringContaining('#Teapot'),
    });
    expect((await call(server, 'DynamoDB_20120810.GetItem', {})).body).toContain('ThrottlingException');
  });

  test('strikes by chance if it has a probability', async () => {
    const often = await start({ operation: 'sqs:SendMessage', fault: 'error', probability: 0.6 });
    expect((await often.sqs('SendMessage', send)).status).toBe(503);
    often.faults.clear();
    often.faults.add({ operation: 'sqs:SendMessage', fault: 'error', probability: 0.4 });
    expect((await often.sqs('SendMessage', send)).status).toBe(200);
  });

  test('strikes neither STS nor the endpoints of the embedded AWS', async () => {
    const { server } = await start({ operation: '*', fault: 'error' });
    expect((await query(server, { Action: 'GetCallerIdentity' })).status).toBe(200);
    expect((await fetch(`${server.endpoint}/_local-aws/health`)).status).toBe(200);
  });
});

describe('a fault on a part of a batch', () => {
  const entries = (...bodies: string[]) => ({ Entries: bodies.map((text) => ({ Id: text, MessageBody: text })) });

  test('refuses the last entries of a batch on SQS, in both protocols', async () => {
    const { server, sqs, waiting } = await start({ operation: 'sqs:*', fault: 'refuse_entries', entries: 2 });
    const { body } = await sqs('SendMessageBatch', entries('a', 'b', 'c'));
    expect(body).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [
        { Id: 'b', SenderFault: false },
        { Id: 'c', SenderFault: false },
      ],
    });
    const form = await query(server, {
      Action: 'SendMessageBatch',
      QueueUrl: `${server.endpoint}/000000000000/q`,
      'SendMessageBatchRequestEntry.1.Id': 'd',
      'SendMessageBatchRequestEntry.1.MessageBody': 'd',
    });
    expect(form.body).toContain('<BatchResultErrorEntry>');
    expect(await waiting()).toBe(1);
    expect((await sqs('SendMessageBatch', { ...entries('e'), QueueUrl: 'http://x/0/none' })).status).toBe(400);
  });

  test('leaves items unprocessed on DynamoDB, and these are not written', async () => {
    const { server } = await start({ operation: 'dynamodb:BatchWriteItem', fault: 'unprocessed', times: 1 });
    const db = async (action: string, input: object) =>
      JSON.parse((await call(server, `DynamoDB_20120810.${action}`, input)).body);
    await db('CreateTable', {
      TableName: 'films',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    const put = (id: string) => ({ PutRequest: { Item: { id: { S: id } } } });
    const first = await db('BatchWriteItem', { RequestItems: { films: [put('a'), put('b')] } });
    expect(first).toEqual({ UnprocessedItems: { films: [put('b')] } });
    expect((await db('Scan', { TableName: 'films' })).Count).toBe(1);
    expect(await db('BatchWriteItem', { RequestItems: first.UnprocessedItems })).toEqual({ UnprocessedItems: {} });
    expect((await db('Scan', { TableName: 'films' })).Count).toBe(2);
  });
});

describe('an invalid fault rule', () => {
  test.each<[unknown, RegExp]>([
    [{}, /"operation" is missing.*neither "delay_ms" nor "fault"/],
    [7, /is not an object/],
    [[], /no fault rule/],
    [{ operation: 'dynamodb:updateitem', fault: 'reset' }, /did you mean dynamodb:UpdateItem\?/],
    [{ operation: 'UpdateItem', fault: 'reset' }, /did you mean dynamodb:UpdateItem\?/],
    [{ operation: 'sqs:SendMesage', fault: 'reset' }, /did you mean sqs:SendMessage\?/],
    [{ operation: 'ec2:*', fault: 'reset' }, /"ec2:\*" names no operation/],
    [{ operation: 5, fault: 'reset' }, /"operation" is not a text/],
    [{ operation: 's3:*', fault: 'explode' }, /"fault" must be one of error, throttle, reset/],
    [{ operation: 's3:*', fault: 'reset', times: 0 }, /"times" must be a whole number from 1/],
    [{ operation: 's3:*', fault: 'reset', probability: 2 }, /"probability" must be over 0/],
    [{ operation: 's3:*', delay_ms: 0.5 }, /"delay_ms" must be a whole number from 1 to 60000/],
    [{ operation: 's3:*', delay_ms: 5, fault: 'reset' }, /are two rules/],
    [{ operation: 's3:*', fault: 'throttle', when: 'after' }, /"when" belongs to the fault error or reset/],
    [{ operation: 's3:*', delay_ms: 5, when: 'after' }, /"when" belongs to/],
    [{ operation: 's3:*', fault: 'unprocessed' }, /needs an operation with batches/],
    [{ operation: 'dynamodb:PutItem', fault: 'unprocessed' }, /for example dynamodb:BatchWriteItem/],
    [{ operation: 'dynamodb:*', fault: 'refuse_entries' }, /for example sqs:DeleteMessageBatch/],
    [{ operation: 's3:*', fault: 'reset', entries: 1 }, /"entries" belongs to/],
    [{ operation: 's3:*', fault: 'error', code: '<b>' }, /"code" must be letters/],
    [{ operation: 's3:*', fault: 'reset', often: true }, /"often" is not a member/],
    [JSON.parse('{"operation":"s3:*","fault":"reset","__proto__":{}}'), /"__proto__" is not a member/],
  ])('is refused with an explanation: %j', (rule, why) => {
    const faults = new FaultRules();
    expect(() => faults.add(rule)).toThrow(why);
    expect(faults.list()).toEqual([]);
  });

  test('is named among several rules, and none of them is added', () => {
    const faults = new FaultRules();
    const good = { operation: 's3:*', fault: 'reset' };
    expect(() => faults.add([good, { ...good, times: -1 }])).toThrow(/^Fault rule 2: "times"/);
    expect(faults.list()).toEqual([]);
    expect(() => faults.add(Array.from({ length: 101 }, () => good))).toThrow(/room for 100/);
  });
});

test.each<[string, Record<string, unknown[]>]>([
  ['lost-answers', { 'sqs:SendMessage': [0, undefined, 'reset', undefined] }],
  ['flaky-network', { 's3:GetObject': [50, 'reset', undefined, undefined] }],
  ['slow-s3', { 's3:GetObject': [2000], 'sqs:SendMessage': [0] }],
  ['slow-table', { 'dynamodb:BatchWriteItem': [3000], 'dynamodb:PutItem': [3000], 'dynamodb:GetItem': [0] }],
  [
    'throttled-table',
    { 'dynamodb:UpdateItem': [0, { status: 400, code: 'ThrottlingException' }], 's3:GetObject': [0] },
  ],
  ['unprocessed-items', { 'dynamodb:BatchWriteItem': [0, undefined, undefined, { entries: 1 }] }],
  ['refused-entries', { 'sqs:DeleteMessageBatch': [0, undefined, undefined, { entries: 1 }], 'sqs:SendMessage': [0] }],
  ['s3-outage', { 's3:PutObject': [0, { status: 503, code: 'ServiceUnavailable' }], 'dynamodb:GetItem': [0] }],
  ['table-outage', { 'dynamodb:GetItem': [0, { status: 500, code: 'InternalServerError' }], 's3:GetObject': [0] }],
])('the preset %s strikes the operations that it is for', (preset, calls) => {
  const faults = new FaultRules(() => 0);
  faults.add(FAULT_PRESETS.find(({ name }) => name === preset)?.rules);
  for (const [operation, expected] of Object.entries(calls)) {
    const checks = [
      faults.delayMs(operation),
      faults.before(operation),
      faults.after(operation),
      faults.entries(operation),
    ];
    for (const [index, check] of checks.entries()) {
      const expectedCheck = expected[index];
      if (typeof expectedCheck === 'object' && expectedCheck !== null) expect(check).toMatchObject(expectedCheck);
      else expect(check).toBe(expectedCheck);
    }
  }
});

test('rules with a probability strike that share of the calls', () => {
  let dice = 0;
  const faults = new FaultRules(() => dice);
  const share = (name: string) => {
    faults.clear();
    faults.add(FAULT_PRESETS.find((one) => one.name === name)?.rules);
    const strikes = () =>
      [faults.before('dynamodb:BatchWriteItem'), faults.after('s3:GetObject'), faults.before('s3:GetObject')].some(
        Boolean,
      ) ||
      faults.entries('dynamodb:BatchWriteItem') !== undefined ||
      faults.entries('sqs:SendMessageBatch') !== undefined;
    for (dice = 0; dice < 1; dice = Math.round(dice * 100 + 1) / 100) if (!strikes()) return dice;
    return 1;
  };
  const shares = { 'lost-answers': 0.2, 'flaky-network': 0.1, 'throttled-table': 0.5, 'unprocessed-items': 0.5 };
  for (const [name, expected] of Object.entries({
    ...shares,
    'refused-entries': 0.5,
    's3-outage': 1,
    'table-outage': 1,
  })) {
    expect([name, share(name)]).toEqual([name, expected]);
  }
});

test('a fault rule’s pattern must be the beginning of an operation’s name, service included, and a star', () => {
  const add = (operation: string) => () => new FaultRules().add({ operation, fault: 'reset' });
  for (const operation of ['Send*', 'SendMessage*', ':*', 'sqs:*Message', 'sqs:Nothing*']) {
    expect(add(operation)).toThrow('names no operation of sqs, dynamodb or s3');
  }
  for (const operation of ['*', 's*', 'sqs:*', 'sqs:Send*', 'sqs:SendMessage*']) expect(add(operation)).not.toThrow();
});

test.each(FAULT_PRESETS)('the preset $name is valid', ({ rules, about }) => {
  expect(new FaultRules().add(rules)).toHaveLength(rules.length);
  expect(about).toMatch(/\.$/);
});
