// Creates SQS, DynamoDB and S3 of a simulated world, with movie-load's resources. They report their effects to the
// oracle.
import { resourceDefinitions } from '@movie-load/aws';
import { diceOf } from '../engine/dice.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Oracle } from '../oracle/oracle.ts';
import { createDynamoDb, type DynamoDb } from '../services/dynamodb.ts';
import { createS3, type S3 } from '../services/s3.ts';
import { createSqs, type Sqs } from '../services/sqs.ts';
import { NAMES, urlOf } from './names.ts';
import type { World } from './world.ts';

export interface Services {
  readonly sqs: Sqs;
  readonly dynamodb: DynamoDb;
  readonly s3: S3;
}

export interface ServicesOptions {
  readonly seed: number;
  readonly world: World;
  readonly scheduler: Scheduler;
  /** Gets every effect when it takes place. */
  readonly oracle: Oracle;
}

export function createServices({ seed, world, scheduler, oracle }: ServicesOptions): Services {
  const dice = diceOf(seed, 'simulation');
  const dynamodb = createDynamoDb({
    clock: scheduler,
    uuid: diceOf(seed, 'dynamodb').uuid,
    stale: { ms: () => Math.floor(dice.next() * world.staleMs), maxMs: world.staleMs },
    pageItems: () => world.pageItems,
    onWrite: (before, after) => oracle.stored.itemWritten(before, after),
  });
  const etags = diceOf(seed, 'etags');
  const s3 = createS3({
    clock: scheduler,
    uuid: diceOf(seed, 's3').uuid,
    // Parts are small in these worlds, because otherwise no object would have several.
    minPartBytes: 1,
    onWrite: ({ key }) => oracle.stored.objectChanged(key),
    pageParts: world.pageParts,
    createEtag: world.etagsVary ? () => `"${etags.uuid().replaceAll('-', '')}"` : undefined,
  });
  const sqs = createSqs({ scheduler, dice: diceOf(seed, 'sqs'), listener: oracle.sqsListener });
  createResources({ sqs, dynamodb, s3 }, world.maxReceiveCount);
  return { sqs, dynamodb, s3 };
}

/** Creates the project's resources, with another maximum of receives if the world has one. */
function createResources({ sqs: { engine }, dynamodb, s3 }: Services, maxReceiveCount: number): void {
  const { queue, dlq, table, bucket } = resourceDefinitions(NAMES);
  dynamodb.apply('CreateTable', table);
  s3.apply('CreateBucket', { Bucket: bucket.name });
  engine.call('CreateQueue', { QueueName: dlq.name, Attributes: dlq.attributes });
  const deadLetterTargetArn = engine.queueByUrl(urlOf(NAMES.dlq)).arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  engine.call('CreateQueue', { QueueName: queue.name, Attributes: { ...queue.attributes, RedrivePolicy } });
}
