// One run: real processes on the embedded AWS, killed at chosen steps of the protocol, and a check at the end.
import { openQueue, type QueuePort } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { partsOf, planToToken, type Range } from '@movie-load/schema';
import { eventually, startService } from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { expectedObject, type OrderedJob, orderJob, startWorld, type World } from '../support/world.ts';
import { type ConsumerPool, startConsumers } from './consumers.ts';
import { type Dice, diceOf } from './dice.ts';

export interface RunResult {
  readonly seed: number;
  readonly movies: number;
  readonly consumers: number;
  /** Each kill or stop: the process, and the call that the endpoint had just answered. */
  readonly disturbances: readonly string[];
  readonly producer_killed: boolean;
  readonly redelivered: number;
  readonly object_parts: number;
  readonly resumes: number;
  readonly redriven: number;
  readonly lost: number;
  readonly twice: number;
  readonly bytes_equal: boolean;
  readonly verified: boolean;
  /** Waiting, in flight and delayed at the end, and in the dead-letter queue. */
  readonly left_in_queues: number;
  /** Exit codes other than 0, and signals. */
  readonly bad_exits: readonly (number | NodeJS.Signals | null)[];
  readonly seconds: number;
}

const STEPS = [
  'sqs:ReceiveMessage',
  'dynamodb:BatchWriteItem',
  'dynamodb:UpdateItem',
  'dynamodb:Query',
  's3:PutObject',
  'sqs:DeleteMessageBatch',
] as const;
/** Steps of an object in parts; `planKillsOfParts` adds one kill at a part and one at the end to each such run. */
const PART_STEPS = ['s3:CreateMultipartUpload', 's3:UploadPart'] as const;
const END_STEPS = ['s3:ListParts', 's3:CompleteMultipartUpload'] as const;
const PACKED_MOVIES_PER_MESSAGE = 450;
const LIMIT_MS = 900_000;
const RECOVERY_INTERVAL_MS = 3000;

interface Trigger {
  readonly operation: string;
  remaining: number;
  act(): void;
}

/** Creates a list of triggers, and the hook of the embedded AWS that counts their operations down. */
function createTriggers() {
  const triggers: Trigger[] = [];
  const hook = (operation: string) => {
    for (const trigger of triggers) {
      if (trigger.operation !== operation || --trigger.remaining !== 0) continue;
      // The answer is sent before `act` runs: the kill is between the effect of the call and the next step of its caller.
      setImmediate(() => trigger.act());
    }
    return undefined;
  };
  return { triggers, hook };
}

export interface ChaosOptions {
  /** A packed job whose object has three to five parts, with kills while parts are written and joined. */
  readonly hasParts?: boolean;
}

export async function chaosRun(seed: number, { hasParts = false }: ChaosOptions = {}): Promise<RunResult> {
  const dice = diceOf(seed);
  const startedAt = performance.now();
  const perMessage = hasParts ? PACKED_MOVIES_PER_MESSAGE : dice.pick([1, 1, 3]);
  const job = orderJob({
    movies: (hasParts ? dice.integer(300, 520) : dice.integer(300, 900)) * perMessage,
    moviesPerMessage: perMessage,
    nonce: `chaos-${seed}`,
    seed,
  });
  const batches = Math.floor(job.plan.movies / perMessage / 10);
  const { triggers, hook } = createTriggers();
  const disturbances: string[] = [];

  await using world = await startWorld({ faults: { after: hook } });
  const consumers = dice.integer(2, 4);
  const pool = startConsumers(world, consumers, dice);
  const addTrigger = (operation: string, remaining: number, action: string, act: () => void) => {
    const recordAndAct = () => {
      disturbances.push(`${action} at ${operation}`);
      act();
    };
    triggers.push({ operation, remaining, act: recordAndAct });
  };
  planKills(dice, batches, pool, addTrigger);
  if (hasParts) planKillsOfParts(dice, pool, addTrigger);

  let producer = startService('producer', { env: world.env, args: job.args });
  const killsProducer = dice.chance(0.4);
  if (killsProducer)
    addTrigger('sqs:SendMessageBatch', dice.integer(2, Math.max(2, batches - 5)), 'SIGKILL producer', () =>
      producer.kill('SIGKILL'),
    );
  const queue = await openQueue(world.clients, world.settings.queue);
  const dlq = await openQueue(world.clients, world.settings.dlq);
  const recovery = { resumes: 0, redriven: 0 };
  try {
    const { signal } = await producer.ended;
    // A dead producer is restarted with the same order, or its job is resumed: either must complete the job.
    if (signal !== null && dice.chance(0.5)) {
      producer = startService('producer', { env: world.env, args: job.args });
      await producer.ended;
    }
    await untilComplete(world, job, queue, dlq, recovery);
    await eventually('both queues are empty', () => isEmptyAfterRedrive(world, queue, dlq, recovery), LIMIT_MS);
    const codes = await pool.end();
    return {
      seed,
      movies: job.plan.movies,
      consumers,
      disturbances,
      producer_killed: signal !== null,
      redelivered: pool.redelivered,
      object_parts: partsOf(job.plan).parts,
      ...recovery,
      ...(await checkStoredJob(world, job)),
      left_in_queues: (await count(queue)) + (await count(dlq)),
      bad_exits: codes.filter((code) => code !== 0),
      seconds: Number(((performance.now() - startedAt) / 1000).toFixed(1)),
    };
  } finally {
    producer.kill('SIGKILL');
    await pool.end();
  }
}

type AddTrigger = (operation: string, remaining: number, action: string, act: () => void) => void;

/**
 * First a power cut half-way, so that every run has a kill between the first store and COMPLETE; then one to three
 * more.
 */
function planKills(dice: Dice, batches: number, pool: ConsumerPool, addTrigger: AddTrigger): void {
  addTrigger(
    'dynamodb:BatchWriteItem',
    dice.integer(2, Math.max(2, Math.floor(batches / 2))),
    'SIGKILL all',
    pool.killAll,
  );
  for (let additional = dice.integer(1, 3); additional > 0; additional--) {
    const operation = dice.pick(STEPS);
    const call =
      operation === 'dynamodb:Query'
        ? dice.integer(1, 20)
        : operation === 's3:PutObject'
          ? 1
          : dice.integer(1, batches);
    const [action, act] = dice.pick<[string, () => void]>([
      ['SIGKILL one', pool.killOne],
      ['SIGKILL one', pool.killOne],
      ['SIGKILL all', pool.killAll],
      ['SIGTERM one', pool.terminateOne],
      ['SIGSTOP one', pool.pauseOne],
    ]);
    addTrigger(operation, call, action, act);
  }
}

function planKillsOfParts(dice: Dice, pool: ConsumerPool, addTrigger: AddTrigger): void {
  for (const operation of [dice.pick(PART_STEPS), dice.pick(END_STEPS)]) {
    const [action, act] = dice.pick<[string, () => void]>([
      ['SIGKILL one', pool.killOne],
      ['SIGKILL all', pool.killAll],
    ]);
    addTrigger(operation, operation === 's3:UploadPart' ? dice.integer(1, 3) : 1, action, act);
  }
}

async function count(queue: QueuePort): Promise<number> {
  const { waiting, inFlight, delayed } = await queue.status();
  return waiting + inFlight + delayed;
}
const isEmpty = async (queue: QueuePort) => (await count(queue)) === 0;

/**
 * Waits until the job is COMPLETE. Resumes it when no message is left, and redrives messages that SQS dead-lettered
 * after ten receives.
 */
async function untilComplete(
  world: World,
  job: OrderedJob,
  queue: QueuePort,
  dlq: QueuePort,
  recovery: { resumes: number; redriven: number },
): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  const isComplete = async () => (await world.jobs.job(job.jobId))?.status === 'COMPLETE';
  while (!(await eventually('the job is COMPLETE', isComplete, RECOVERY_INTERVAL_MS).catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`job ${job.jobId} did not complete`);
    if (await isEmpty(queue)) {
      recovery.resumes++;
      await cli(['resume', '--plan', planToToken(job.plan)], { env: world.env });
    }
    if (!(await isEmpty(dlq))) recovery.redriven += await redriveAll(world);
  }
  if (!(await isEmpty(dlq))) recovery.redriven += await redriveAll(world);
}

/** Redrives messages that SQS dead-lettered because of many kills, after COMPLETE, too. */
async function isEmptyAfterRedrive(world: World, queue: QueuePort, dlq: QueuePort, recovery: { redriven: number }) {
  if (!(await isEmpty(queue))) return false;
  if (await isEmpty(dlq)) return true;
  recovery.redriven += await redriveAll(world);
  return false;
}

async function redriveAll(world: World): Promise<number> {
  const { stdout } = await cli(['dlq', 'redrive', '--reason', 'too_many_receives', '--json'], { env: world.env });
  return Number(JSON.parse(stdout).redriven);
}

async function checkStoredJob(world: World, { plan, jobId }: OrderedJob) {
  const object = await world.object(jobId);
  const movies: { movie_id: string }[] = JSON.parse(object.toString());
  const distinct = new Set(movies.map(({ movie_id }) => movie_id)).size;
  const report = await world.jobs.verify(
    { job_id: jobId, plan },
    { generate: (range: Range) => generateMovies(plan.seed, range) },
  );
  return {
    lost: plan.movies - Math.min(report.movies, distinct),
    twice: movies.length - distinct,
    bytes_equal: object.equals(expectedObject(plan)),
    verified: report.ok,
  };
}

/** A sentence for each problem of a run; empty when there is none. */
export function problemsOf(run: RunResult): string[] {
  const problems: string[] = [];
  if (run.lost > 0) problems.push(`${run.lost} movies lost`);
  if (run.twice > 0) problems.push(`${run.twice} movies twice`);
  if (!run.bytes_equal) problems.push('the bytes differ');
  if (!run.verified) problems.push('verify found problems');
  if (run.left_in_queues > 0) problems.push(`${run.left_in_queues} messages left`);
  if (run.bad_exits.length > 0) problems.push(`consumers ended with ${run.bad_exits.join(', ')} instead of 0`);
  if (run.redelivered === 0) problems.push('no kill had an effect');
  return problems;
}
