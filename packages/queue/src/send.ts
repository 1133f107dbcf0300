// Sends a job's messages, or a part of them: generated lazily, several groups at once, in order inside a group.
import type { OutgoingMessage, QueuePort, Random } from '@movie-load/aws';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import {
  deduplicationId,
  encodeLoadMessage,
  GROUPS_SENT_AT_ONCE,
  groupKey,
  type JobPlan,
  type JobShape,
  jobIdOf,
  jobPlanSchema,
  MovieLoadError,
  messagesOfGroup,
  moviesOfMessage,
  numbersOf,
  shapeOf,
  UsageError,
} from '@movie-load/schema';
import { BATCH_BYTES, batchesOf, messageBytes } from './batches.ts';

/** The messages of one group to send. */
export interface GroupToSend {
  readonly group: number;
  /** Message numbers in ascending order. Default: all of the group. */
  readonly numbers?: readonly number[] | undefined;
}

/** Messages that SQS has just accepted. */
export interface SentBatch {
  readonly group: number;
  readonly messages: number;
  readonly movies: number;
}

export interface SendJobOptions {
  /** With a policy (`resilientQueue`); without one, nothing is tried again. */
  readonly queue: Pick<QueuePort, 'name' | 'send' | 'status'>;
  readonly plan: JobPlan;
  /** When the producer started the job: an ISO instant. */
  readonly started_on: string;
  readonly random: Random;
  /** Default: every group of the job. A resume passes the result of `findMissing` of packages/jobs. */
  readonly groups?: Iterable<GroupToSend> | AsyncIterable<GroupToSend> | undefined;
  /** The number of groups that are sent at the same time, each with at most one batch in memory. Default 8. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onSent?: ((sent: SentBatch) => void) | undefined;
}

export interface SentJob {
  readonly job_id: string;
  readonly groups: number;
  readonly messages: number;
  readonly movies: number;
}

/**
 * Resolves when SQS has accepted every message. Temporary failures are repeated until the signal aborts; then its
 * reason is thrown. Throws `MovieLoadError` `send_refused` when SQS refuses a message for good, `UsageError` when a
 * message is larger than the queue accepts, and AWS's own errors when repeating cannot help.
 *
 * @example await sendJob({ queue, plan, started_on, random, signal, onSent: ({ movies }) => bar.add(movies) });
 */
export async function sendJob(options: SendJobOptions): Promise<SentJob> {
  const { queue, plan, random, onSent } = options;
  if (plan.generator !== GENERATOR_VERSION) throw generatorMismatch(plan);
  const { error } = jobPlanSchema.safeParse(plan);
  if (error !== undefined) throw new UsageError('Consumers refuse this plan: nothing was sent.', { cause: error });
  const shape = shapeOf(plan);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const callOptions = { signal, maxAttempts: Number.POSITIVE_INFINITY };
  const { maximumMessageBytes } = await queue.status(callOptions);
  // The nonce makes SQS deduplicate the retries of this send, but never another send of the same messages.
  const context = { job_id: jobIdOf(plan), plan, shape, started_on: options.started_on, sendNonce: random.uuid() };
  const total = { groups: 0, messages: 0, movies: 0 };

  const sendGroup = async (toSend: GroupToSend) => {
    for (const batch of batchesOf(messagesOf(context, toSend), Math.min(maximumMessageBytes, BATCH_BYTES))) {
      checkSize(batch, maximumMessageBytes, plan);
      const refused = await queue.send(batch, callOptions);
      if (refused.length > 0) throw sendRefused(queue.name, refused);
      const movies = batch.reduce((sum, message) => sum + message.movies, 0);
      total.messages += batch.length;
      total.movies += movies;
      onSent?.({ group: toSend.group, messages: batch.length, movies });
    }
    total.groups += 1;
  };

  const groupsToSend = shareIterable(options.groups ?? everyGroup(shape));
  const worker = async () => {
    for (let toSend = await groupsToSend.next(); toSend !== undefined; toSend = await groupsToSend.next()) {
      await sendGroup(toSend);
    }
  };
  const workers = Array.from({ length: options.concurrency ?? GROUPS_SENT_AT_ONCE }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort(error);
    // No call of this send may continue after the caller gets the error.
    await Promise.allSettled([...workers, groupsToSend.end()]);
    throw error;
  }
  return { job_id: context.job_id, ...total };
}

interface SendContext {
  readonly job_id: string;
  readonly plan: JobPlan;
  readonly shape: JobShape;
  readonly started_on: string;
  readonly sendNonce: string;
}

interface LoadEntry extends OutgoingMessage {
  readonly movies: number;
}

function* messagesOf(
  { job_id, plan, shape, started_on, sendNonce }: SendContext,
  toSend: GroupToSend,
): Generator<LoadEntry> {
  const { group } = toSend;
  const outsidePlan = (what: string) => new MovieLoadError('outside_plan', `The job ${job_id} has no ${what}.`);
  if (group < 0 || group >= shape.groups) throw outsidePlan(`group ${group}`);
  const { first, count } = messagesOfGroup(shape, group);
  for (const number of toSend.numbers ?? numbersOf({ first, count })) {
    if (number < first || number >= first + count) throw outsidePlan(`message ${number} in group ${group}`);
    const range = moviesOfMessage(plan, number);
    const movies = [...generateMovies(plan.seed, range)];
    yield {
      body: encodeLoadMessage({ job_id, plan, group, number, started_on, movies }),
      groupId: groupKey(job_id, group),
      deduplicationId: deduplicationId(job_id, group, number, sendNonce),
      movies: range.count,
    };
  }
}

const everyGroup = ({ groups }: JobShape) => numbersOf({ first: 0, count: groups }).map((group) => ({ group }));

interface SharedIterator<Item> {
  /** The next item; undefined at the end. */
  next(): Promise<Item | undefined>;
  /** Ends the iterable and its running work. */
  end(): Promise<void>;
}

/** Lets several workers share an iterable, because an async generator must be called one at a time. */
function shareIterable<Item>(items: Iterable<Item> | AsyncIterable<Item>): SharedIterator<Item> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let previous: Promise<unknown> = Promise.resolve();
  const next = () => {
    const result = previous.then(() => iterator.next());
    previous = result.catch(() => undefined);
    return result.then(({ done, value }) => (done === true ? undefined : value));
  };
  return { next, end: async () => void (await iterator.return?.()) };
}

function checkSize(batch: readonly LoadEntry[], limit: number, plan: JobPlan): void {
  for (const message of batch) {
    const bytes = messageBytes(message);
    if (bytes <= limit) continue;
    throw new UsageError(
      `A message of ${plan.movies_per_message} movies has ${bytes} bytes, and the queue takes ${limit}. ` +
        'Ask for fewer movies per message (`auto` always fits), or raise the queue’s MaximumMessageSize (`movie-load setup`).',
    );
  }
}

function sendRefused(queue: string, refused: readonly { readonly code: string; readonly message: string }[]) {
  const [first] = refused;
  return new MovieLoadError(
    'send_refused',
    `The queue ${queue} refuses a message for good: ${first?.code} ${first?.message}. Nothing was skipped; the job can be resumed.`,
    { details: { refused } },
  );
}

function generatorMismatch({ generator }: JobPlan): UsageError {
  return new UsageError(
    `This job was made with version ${generator} of the movie generator, and this is version ${GENERATOR_VERSION}: ` +
      'it would send other movies. Use the release of movie-load that made the job.',
  );
}
