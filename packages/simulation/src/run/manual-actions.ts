// What operators and other senders do with AWS's own tools in a simulated world, without a process of movie-load.
import type { Dice } from '../engine/dice.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import { OPERATOR } from '../oracle/messages.ts';
import { type ForgedMessage, forge } from '../world/forged.ts';
import { NAMES, urlOf } from '../world/names.ts';
import type { WorldEvent } from '../world/world.ts';
import type { Simulation } from './simulation.ts';

/** An event that sends a message to a queue: a forged one, or a valid one again. */
export type PutMessageEvent = Extract<WorldEvent, { kind: 'forged' | 'duplicate' | 'dead_lettered_by_hand' }>;

export class ManualActions {
  /** Forged messages that were not purged. */
  readonly forged: ForgedMessage[] = [];
  readonly #simulation: Simulation;
  readonly #dice: Dice;

  constructor(simulation: Simulation, dice: Dice) {
    this.#simulation = simulation;
    this.#dice = dice;
  }

  /** A sender with permission sends a message to a job's group, or to the dead-letter queue. */
  putMessage(event: PutMessageEvent, job: ExpectedJob): void {
    const { jobs, scheduler, oracle, sqs } = this.#simulation;
    const group = groupOf(job, event.number);
    const started = new Date(scheduler.now()).toISOString();
    const body = job.message(event.number).replace(',"movies":[', `,"started_on":"${started}","movies":[`);
    const otherJob = jobs.find((one) => one !== job) ?? job;
    const message: ForgedMessage =
      event.kind === 'forged'
        ? forge(event.which, { job, number: event.number, body, group, otherJob })
        : { kind: 'a valid message', body, group: `${job.job_id}#${group}` };
    if (event.kind === 'forged') this.forged.push(message);
    const isDeadLetter = event.kind === 'dead_lettered_by_hand';
    oracle.count(isDeadLetter ? 'put into the dead-letter queue by hand' : `put by hand: ${message.kind}`);
    const id = this.#dice.uuid();
    const entry = { Id: '0', MessageBody: message.body, MessageGroupId: message.group, MessageDeduplicationId: id };
    const queueName = isDeadLetter ? NAMES.dlq : NAMES.queue;
    sqs.apply('SendMessageBatch', { QueueUrl: urlOf(queueName), Entries: [entry] }, OPERATOR);
  }

  purge(): void {
    const { sqs, note } = this.#simulation;
    try {
      sqs.apply('PurgeQueue', { QueueUrl: urlOf(NAMES.queue) }, OPERATOR);
      this.forged.length = 0;
    } catch (error) {
      note('operator', `cannot empty the queue: ${String(error)}`);
    }
  }

  /** An operator aborts unfinished uploads although a consumer is writing them. */
  abortUploads(): void {
    const { s3, oracle } = this.#simulation;
    const listed = s3.apply('ListMultipartUploads', { Bucket: NAMES.bucket });
    const uploads: unknown = 'Uploads' in listed ? listed.Uploads : [];
    for (const { Key, UploadId } of Array.isArray(uploads) ? uploads : []) {
      s3.apply('AbortMultipartUpload', { Bucket: NAMES.bucket, Key, UploadId });
      oracle.count('upload aborted by an operator');
    }
  }
}

function groupOf(job: ExpectedJob, number: number): number {
  for (let group = 0; ; group += 1) {
    const { first, count } = job.messagesOf(group);
    if (number < first + count) return group;
  }
}
