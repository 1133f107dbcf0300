// A queue used by hand, as the page uses it through `up`: every action with its line of the AWS CLI.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsSettingsFrom, createClients } from '@movie-load/aws';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { awsCliLine, sqsArguments } from '@movie-load/operations/aws-cli';
import { type LabQueueRequest, type LabQueueResponse, labQueueResponseSchema } from '@movie-load/operations/lab';
import type { Hono } from 'hono';
import { createLabQueueRoutes } from '../src/commands/up/lab-queue.ts';
import { labQueueCall, labQueueName } from '../src/lab-queue.ts';

let aws: LocalAws;
let app: Hono;
let end: () => void;

beforeAll(async () => {
  aws = await startLocalAws();
  const env = { AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env });
  end = () => clients.destroy();
  app = createLabQueueRoutes({ settings, clients });
  app.onError((error, c) => c.json({ error: error.message }, 404));
});
afterAll(async () => {
  end();
  await aws.close();
});

/** Makes the call, and compares its line of the AWS CLI with the one that the page shows at the button. */
async function call(request: LabQueueRequest): Promise<LabQueueResponse> {
  const response = await app.request('/', { method: 'POST', body: JSON.stringify(request) });
  expect(response.status).toBe(200);
  const answer = labQueueResponseSchema.parse(await response.json());
  const url = `${aws.endpoint}/000000000000/${request.queue}`;
  expect(answer.aws_cli).toBe(awsCliLine(aws.endpoint, sqsArguments(request, url)));
  return answer;
}

const sending = (queue: string, body: string, group: string) =>
  ({ action: 'send', queue, body, group, deduplication_id: body.replaceAll(/\W/g, '') }) as const;

test('the queues of the pipeline and invalid names are refused, for every action', async () => {
  const settings = awsSettingsFrom({
    AWS_ENDPOINT_URL: aws.endpoint,
    MOVIE_LOAD_QUEUE: 'mine.fifo',
    MOVIE_LOAD_DLQ: 'dead.fifo',
  });
  for (const name of ['mine.fifo', 'dead.fifo'])
    expect(() => labQueueName(name, settings)).toThrow(`${name} belongs to the pipeline`);
  const handle = { receipt_handle: 'h' };
  const requests: readonly LabQueueRequest[] = [
    { action: 'create', queue: 'mine.fifo', visibility: 30 },
    { action: 'status', queue: 'mine.fifo' },
    { action: 'remove', queue: 'mine.fifo' },
    sending('mine.fifo', 'body', 'g'),
    { action: 'receive', queue: 'mine.fifo', max: 1, wait: 0 },
    { action: 'extend', queue: 'mine.fifo', visibility: 30, ...handle },
    { action: 'release', queue: 'mine.fifo', ...handle },
    { action: 'delete', queue: 'mine.fifo', ...handle },
  ];
  const send = () => Promise.reject(new Error('not called'));
  const clients = { sqs: { send }, poll: { send } } as unknown as Parameters<typeof labQueueCall>[1]['clients'];
  for (const request of requests)
    await expect(labQueueCall(request, { settings, clients })).rejects.toThrow('mine.fifo belongs to the pipeline');
  for (const name of ['mine', 'dead', 'movie-load.fifo', 'x'.repeat(75)])
    expect(labQueueName(name, settings)).toBe(name);
  for (const name of ['', 'a b', 'a.fif', 'x'.repeat(76), '.fifo'])
    expect(() => labQueueName(name, settings)).toThrow('is not a valid queue name');
});

test('each request of the lab queue makes its one call to SQS, with the parameters of the request', async () => {
  const calls: [string, object][] = [];
  const sender = {
    async send(command: { readonly constructor: { readonly name: string }; readonly input: object }) {
      calls.push([command.constructor.name.replace('Command', ''), command.input]);
      return { QueueUrl: 'url' };
    },
  };
  const clients = { sqs: sender, poll: sender } as unknown as Parameters<typeof labQueueCall>[1]['clients'];
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' });
  /** The call of `run`. Before it, the queue's URL is read, except for a new queue. */
  const callOf = async (request: LabQueueRequest) => {
    const { run } = await labQueueCall(request, { settings, clients });
    calls.length = 0;
    await run();
    expect(calls).toHaveLength(1);
    return calls[0];
  };
  const [queue, receipt_handle, QueueUrl, ReceiptHandle] = ['lab.fifo', 'h', 'url', 'h'];
  const receive = { action: 'receive', queue, max: 7, wait: 3 } as const;
  const receiveInput = { QueueUrl, MaxNumberOfMessages: 7, WaitTimeSeconds: 3, MessageSystemAttributeNames: ['All'] };
  expect(await callOf(receive)).toEqual(['ReceiveMessage', receiveInput]);
  for (const visibility of [0, 9]) {
    const expectedInput = { ...receiveInput, VisibilityTimeout: visibility };
    expect(await callOf({ ...receive, visibility })).toEqual(['ReceiveMessage', expectedInput]);
  }
  const change = { QueueUrl, ReceiptHandle };
  expect(await callOf({ action: 'extend', queue, receipt_handle, visibility: 9 })).toEqual([
    'ChangeMessageVisibility',
    { ...change, VisibilityTimeout: 9 },
  ]);
  expect(await callOf({ action: 'release', queue, receipt_handle })).toEqual([
    'ChangeMessageVisibility',
    { ...change, VisibilityTimeout: 0 },
  ]);
  expect(await callOf({ action: 'delete', queue, receipt_handle })).toEqual(['DeleteMessage', change]);
  const Attributes = { VisibilityTimeout: '9', FifoQueue: 'true' };
  expect(await callOf({ action: 'create', queue, visibility: 9 })).toEqual([
    'CreateQueue',
    { QueueName: queue, Attributes },
  ]);
  expect(await callOf({ action: 'status', queue })).toEqual([
    'GetQueueAttributes',
    { QueueUrl, AttributeNames: ['All'] },
  ]);
  expect(await callOf({ action: 'remove', queue })).toEqual(['DeleteQueue', { QueueUrl }]);
  expect(await callOf(sending(queue, 'body', 'g'))).toEqual([
    'SendMessage',
    { QueueUrl, MessageBody: 'body', MessageGroupId: 'g', MessageDeduplicationId: 'body' },
  ]);
  expect(await callOf(sending('lab', 'body', 'g'))).toEqual(['SendMessage', { QueueUrl, MessageBody: 'body' }]);
});

test('each count of a queue has its own label', async () => {
  const env = { AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' };
  const counts = { '': '1', NotVisible: '2', Delayed: '3' };
  const Attributes = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [`ApproximateNumberOfMessages${name}`, count]),
  );
  const sender = { send: async () => ({ QueueUrl: 'url', Attributes }) };
  const clients = { sqs: sender, poll: sender } as unknown as Parameters<typeof labQueueCall>[1]['clients'];
  const { run } = await labQueueCall({ action: 'status', queue: 'lab' }, { settings: awsSettingsFrom(env), clients });
  expect(await run()).toEqual({ status: { waiting: 1, in_flight: 2, delayed: 3 } });
});

test('FIFO: a group is locked until its message is deleted by its receipt handle', async () => {
  const queue = 'lab.fifo';
  const { created, aws_cli } = await call({ action: 'create', queue, visibility: 30 });
  expect(created?.queue_url).toBe(`${aws.endpoint}/000000000000/lab.fifo`);
  expect(aws_cli).toContain('--attributes VisibilityTimeout=30,FifoQueue=true');
  for (const body of ['A1', 'A2']) expect((await call(sending(queue, body, 'a'))).sent?.message_id).toMatch(/-/);
  await call(sending(queue, "it's B1", 'b'));
  expect((await call({ action: 'status', queue })).status).toEqual({ waiting: 3, in_flight: 0, delayed: 0 });
  const receive = { action: 'receive', queue, max: 1, wait: 0 } as const;
  const [first] = (await call(receive)).messages ?? [];
  expect(first).toMatchObject({ body: 'A1', group: 'a', receives: 1 });
  expect((await call(receive)).messages).toMatchObject([{ body: "it's B1" }]);
  expect((await call(receive)).messages).toEqual([]);
  const receipt_handle = first?.receipt_handle ?? '';
  await call({ action: 'extend', queue, receipt_handle, visibility: 60 });
  await call({ action: 'delete', queue, receipt_handle });
  expect((await call(receive)).messages).toMatchObject([{ body: 'A2' }]);
  await call({ action: 'remove', queue });
});

test('standard: a released message is delivered again, and SQS says why it refuses a handle', async () => {
  const queue = 'lab';
  await call({ action: 'create', queue, visibility: 30 });
  await call(sending(queue, 'hello', 'a'));
  const receive = { action: 'receive', queue, max: 10, wait: 0, visibility: 600 } as const;
  const [message] = (await call(receive)).messages ?? [];
  expect(message).toMatchObject({ body: 'hello', group: null, receives: 1 });
  await call({ action: 'release', queue, receipt_handle: message?.receipt_handle ?? '' });
  expect((await call(receive)).messages).toMatchObject([{ body: 'hello', receives: 2 }]);
  expect((await call({ action: 'delete', queue, receipt_handle: 'nonsense' })).refused).toMatch(
    /^ReceiptHandleIsInvalid/,
  );
  await call({ action: 'remove', queue });
  const gone = await app.request('/', { method: 'POST', body: JSON.stringify({ action: 'status', queue }) });
  expect([gone.status, await gone.json()]).toEqual([404, { error: expect.stringMatching(/There is no queue lab\./) }]);
});
