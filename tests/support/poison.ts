// Floods a job with invalid messages, in its own message groups and in others, and records what SQS
// returned for each.
import { SendMessageBatchCommand, type SendMessageBatchResultEntry, type SQSClient } from '@aws-sdk/client-sqs';
import type { OutgoingMessage } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { batchesOf } from '@movie-load/queue';
import {
  encodeLoadMessage,
  groupKey,
  groupOfMessage,
  type JobPlan,
  jobIdOf,
  moviesOfMessage,
  shapeOf,
} from '@movie-load/schema';
import { FORGED_LINE, type Json, POISON_KINDS, type PoisonKind, type ValidMessage } from './poison-kinds.ts';

/** An invalid message that is not sent yet. */
export interface PoisonMessage extends OutgoingMessage {
  readonly kind: PoisonKind;
}

/** An invalid message in the queue, with the ids that SQS gave it. */
export interface SentPoison extends PoisonMessage {
  readonly messageId: string;
  readonly sequenceNumber: string;
}

/** The number of messages of each kind whose messages have about a mebibyte. */
const MESSAGES_PER_HEAVY_KIND = 2;
/** Consecutive invalid messages imitate valid messages of the job that are this many numbers apart. */
const STRIDE = 7919;

/** Yields `count` messages: every kind about equally often, heavy ones a few times and far apart. */
export function* poisonMessages(plan: JobPlan, count: number): Generator<PoisonMessage> {
  const heavies = POISON_KINDS.filter(({ isHeavy }) => isHeavy);
  const others = POISON_KINDS.filter(({ isHeavy }) => !isHeavy);
  const heavyInterval = Math.max(1, Math.floor(count / (heavies.length * MESSAGES_PER_HEAVY_KIND)));
  const { messages } = shapeOf(plan);
  let otherCount = 0;
  for (let serial = 0; serial < count; serial++) {
    const heavy = serial % heavyInterval === 0 ? heavies[(serial / heavyInterval) % heavies.length] : undefined;
    const kind = heavy ?? others[otherCount++ % others.length];
    if (kind === undefined) throw new Error('there are no kinds');
    const valid = validMessage(plan, (serial * STRIDE) % messages);
    // Every part that a sender can choose looks like a log line.
    const deduplicationId = `${FORGED_LINE.replaceAll(' ', '').slice(0, 60)}${serial}`;
    yield { groupId: valid.groupId, ...kind.make(valid), deduplicationId, kind };
  }
}

/** Message `number` of the plan, as its producer sends it. */
function validMessage(plan: JobPlan, number: number): ValidMessage {
  const job_id = jobIdOf(plan);
  const shape = shapeOf(plan);
  const group = groupOfMessage(shape, number);
  const movies = [...generateMovies(plan.seed, moviesOfMessage(plan, number))];
  const message = { job_id, plan, group, number, started_on: '2026-11-25T00:00:00.000Z', movies };
  const json: Json = message;
  return {
    body: encodeLoadMessage(message),
    json,
    groupId: groupKey(job_id, group),
    otherGroupId: groupKey(job_id, (group + 1) % shape.groups),
  };
}

const SENDERS = 4;

/** Sends all messages, several batches at once. Throws when SQS refuses one. */
export async function sendPoison(sqs: SQSClient, url: string, poison: Iterable<PoisonMessage>): Promise<SentPoison[]> {
  const batches = batchesOf(poison);
  const sent: SentPoison[] = [];
  const sender = async () => {
    for (const batch of batches) sent.push(...(await sendBatch(sqs, url, batch)));
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return sent;
}

async function sendBatch(sqs: SQSClient, url: string, batch: readonly PoisonMessage[]): Promise<SentPoison[]> {
  const Entries = batch.map(({ body, groupId, deduplicationId, attributes = {} }, index) => ({
    Id: String(index),
    MessageBody: body,
    MessageGroupId: groupId,
    MessageDeduplicationId: deduplicationId,
    MessageAttributes: { ...attributes },
  }));
  const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  const [refused] = Failed;
  if (refused !== undefined) {
    const { kind } = batch[Number(refused.Id)] ?? {};
    throw new Error(`the queue refused "${kind?.name}": ${refused.Code} ${refused.Message}`);
  }
  return Successful.flatMap(({ Id, MessageId = '', SequenceNumber = '' }: SendMessageBatchResultEntry) => {
    const message = batch[Number(Id)];
    return message === undefined ? [] : [{ ...message, messageId: MessageId, sequenceNumber: SequenceNumber }];
  });
}
