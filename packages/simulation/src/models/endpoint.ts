// The three models as one endpoint for the contract suite: in virtual time, without faults.
import { diceOf } from '../engine/dice.ts';
import { createFaults } from '../engine/faults.ts';
import { type Backend, createNetwork, type Service } from '../engine/network.ts';
import { createProcess } from '../engine/process.ts';
import { createScheduler } from '../engine/scheduler.ts';
import { clientsOf } from '../world/clients.ts';
import { createDynamoDb, type DynamoDbModel } from './dynamodb.ts';
import { dynamodbError, s3Error } from './errors.ts';
import { createS3, type S3Model } from './s3.ts';
import { createSqs } from './sqs.ts';

/** What the models offer, as the contract suite names it. */
export const OFFERS = {
  sqs: 'CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes PurgeQueue SendMessage SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch ChangeMessageVisibility ChangeMessageVisibilityBatch',
  dynamodb: 'CreateTable DescribeTable DeleteTable PutItem GetItem UpdateItem DeleteItem BatchWriteItem Query',
  s3: 'CreateBucket DeleteBucket ListObjectsV2 DeleteObject PutObject GetObject HeadObject CreateMultipartUpload UploadPart CompleteMultipartUpload AbortMultipartUpload',
} as const;

/** Clients whose answers come from the models, and a clock in their time. */
export function createModelEndpoint() {
  const dice = diceOf(1, 'endpoint');
  const scheduler = createScheduler(dice, () => {});
  const faults = createFaults({ seed: 1, rates: {}, budget: 0 });
  const sqs = createSqs({ scheduler, dice });
  const tables = new Map<string, { readonly model: DynamoDbModel; readonly input: object }>();
  const buckets = new Map<string, S3Model>();
  const process = createProcess({ name: 'contract', seed: 1, scheduler, skewMs: 0 });
  const network = createNetwork({
    seed: 1,
    scheduler,
    faults,
    noticesAborts: true,
    latencyMs: 1,
    stallMs: () => 0,
    crash: () => {},
    note: () => {},
    onEffect: () => {},
  });

  let waiting = 0;
  let _running: Promise<unknown> | undefined;
  /** Time goes on as long as somebody waits for it. */
  async function inTime<T>(promise: Promise<T>): Promise<T> {
    waiting += 1;
    _running ??= scheduler
      .run(() => waiting === 0, FOR_EVER)
      .finally(() => {
        _running = undefined;
      });
    try {
      return await promise;
    } finally {
      waiting -= 1;
    }
  }

  const tableOf = (input: object) => {
    const name = textOf(input, 'TableName') ?? Object.keys(objectOf(input, 'RequestItems'))[0] ?? '';
    const table = tables.get(name);
    if (table === undefined) throw dynamodbError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  };
  const backends: Readonly<Record<Service, Backend>> = {
    sqs: backend((operation, input) => sqs.apply(operation, input, 'contract')),
    dynamodb: backend((operation, input) => {
      const name = textOf(input, 'TableName') ?? '';
      if (operation === 'CreateTable') {
        const definition = { name, hash: 'job_id', range: 'part', index: INDEX };
        tables.set(name, { model: createDynamoDb({ table: definition, now: scheduler.now }), input });
        return {};
      }
      if (operation === 'DeleteTable') return { deleted: tables.delete(name) };
      if (operation !== 'DescribeTable') return tableOf(input).model.apply(operation, input);
      const billing = { BillingModeSummary: { BillingMode: textOf(tableOf(input).input, 'BillingMode') } };
      return { Table: { ...tableOf(input).input, ...billing, TableStatus: 'ACTIVE' } };
    }),
    s3: backend((operation, input) => {
      const name = textOf(input, 'Bucket') ?? '';
      if (operation === 'CreateBucket') {
        buckets.set(name, createS3({ bucket: name, now: scheduler.now }));
        return {};
      }
      if (operation === 'DeleteBucket') return { deleted: buckets.delete(name) };
      const bucket = buckets.get(name);
      if (bucket === undefined) throw s3Error('NoSuchBucket', 'The specified bucket does not exist', 404);
      return bucket.apply(operation, input);
    }),
  };
  const client = (service: Service) => {
    const inner = network.client({ process, service, backend: backends[service], timeoutMs: 60_000 });
    return {
      send: (command: { input: object }, options?: { abortSignal?: AbortSignal }) =>
        inTime(inner.send(command, options)),
    };
  };
  const clients = clientsOf({
    sqs: client('sqs'),
    poll: client('sqs'),
    dynamodb: client('dynamodb'),
    s3: client('s3'),
  });
  return { ...clients, now: scheduler.now, sleep: (ms: number) => inTime(process.clock.sleep(ms)) };
}

const FOR_EVER = { steps: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const INDEX = { name: 'jobs', hash: 'kind', range: 'started_on', includes: ['status'] };

function backend(apply: (operation: string, input: object) => object): Backend {
  const never = () => new Error('the contract suite asks for no faults');
  return { apply, throttled: never, ill: never, down: () => false };
}

const member = (from: object, name: string): unknown => Object.entries(from).find(([key]) => key === name)?.[1];
const textOf = (from: object, name: string) => {
  const value = member(from, name);
  return typeof value === 'string' ? value : undefined;
};
const objectOf = (from: object, name: string): object => {
  const value = member(from, name);
  return typeof value === 'object' && value !== null ? value : {};
};
