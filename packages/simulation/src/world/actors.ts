// The producers and operators of a simulated world: the production modules, with simulated services behind their
// adapters.
import {
  type CallPolicy,
  describeError,
  openObjects,
  openTable,
  queueAt,
  resilientObjects,
  resilientQueue,
  resilientTable,
} from '@movie-load/aws';
import { createJobStore } from '@movie-load/jobs';
import { generateMovies } from '@movie-load/movies';
import { type GroupToSend, sendJob } from '@movie-load/queue';
import type { SimClient } from '../engine/network.ts';
import type { SimProcess } from '../engine/process.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { CallWatch } from './call-watch.ts';
import type { Clients } from './clients.ts';
import { NAMES, urlOf } from './names.ts';
import type { World } from './world.ts';

/** The parts of the world that an actor uses. */
export interface Actor {
  readonly process: SimProcess;
  readonly clients: Clients;
  /** The network's client for long polls. */
  readonly poll: SimClient;
  readonly callWatch: CallWatch;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortController;
  readonly world: World;
  readonly oracle: Oracle;
  /** Virtual milliseconds, not of the process's own clock. */
  readonly now: () => number;
  readonly note: (text: string) => void;
}

/** The error of a consumer that does not find a movie that is counted, which must never happen. */
const MISSING_MOVIE_ERROR = /though they are counted/;

/** The process's log: it writes each line to the trace, and passes it to the oracle and to `onLine`. */
export function createLog({ process, oracle, note }: Actor, onLine: (text: string) => void = () => {}) {
  const onLog = (facts: object, text: string) => {
    const error = 'err' in facts ? describeError(facts.err) : '';
    onLine(text);
    note(`“${text}” ${error}`.trimEnd());
    oracle.count(`said: ${text}`);
    if (error.includes('heartbeats ended')) oracle.heartbeatsEnded(process.name);
    if (text.startsWith('a part is left')) oracle.stored.uploads.partLeftToEnd(process.name);
    if (MISSING_MOVIE_ERROR.test(error)) oracle.violate('what is counted can be read', error);
  };
  return { info: onLog, warn: onLog, error: onLog };
}

/** Ports whose calls are tried once. */
export function portsOf({ clients }: Actor) {
  return {
    queue: queueAt(clients, NAMES.queue, urlOf(NAMES.queue)),
    dlq: queueAt(clients, NAMES.dlq, urlOf(NAMES.dlq)),
    table: openTable(clients, NAMES.table),
    objects: openObjects(clients, NAMES.bucket),
  };
}

/** The number of attempts of each call of a command. */
const COMMAND_ATTEMPTS = 4;

/** The ports of a command. */
export function commandPorts(actor: Actor) {
  const { clock, random } = actor.process;
  const policy: CallPolicy = { clock, random, maxAttempts: COMMAND_ATTEMPTS };
  const { queue, dlq, table, objects } = portsOf(actor);
  return {
    queue: resilientQueue(queue, policy),
    dlq: resilientQueue(dlq, policy),
    table: resilientTable(table, policy),
    objects: resilientObjects(objects, policy),
  };
}

/** Sends a whole job, like a producer or `resume --plan`. */
export async function produce(actor: Actor, job: ExpectedJob, concurrency: number): Promise<void> {
  const { process, oracle, stop } = actor;
  const { signal } = stop;
  const { clock, random, name } = process;
  const since = oracle.sendCount();
  const purgesBefore = oracle.purgeCount();
  const started_on = new Date(clock.now()).toISOString();
  let reportedMessages = 0;
  const sent = await sendJob({
    queue: commandPorts(actor).queue,
    plan: job.plan,
    started_on,
    random,
    concurrency,
    signal,
    onSent: (progress) => {
      reportedMessages += progress.messages;
    },
  });
  if (sent.messages !== reportedMessages || reportedMessages !== job.shape.messages)
    oracle.violate('a sending reports what it sent', `${sent.messages} in all, ${reportedMessages} reported`);
  const numbers = Array.from({ length: job.shape.messages }, (_, number) => number);
  oracle.sendSucceeded({ job, numbers, caller: name, since }, purgesBefore);
}

/** Walks the tree, and sends the messages that are missing or that make a consumer climb, like `movie-load resume`. */
export async function resume(actor: Actor, job: ExpectedJob, concurrency: number): Promise<void> {
  const { process, oracle, world, stop } = actor;
  const { signal } = stop;
  const { clock, random, name } = process;
  const ports = commandPorts(actor);
  const { minPartMovies } = world;
  const jobs = createJobStore({ ...ports, clock, random, instance: name, minPartMovies });
  const purgesBefore = oracle.purgeCount();
  const item = await jobs.job(job.job_id, { signal });
  if (item === undefined) oracle.count('resume: nothing stored yet');
  const since = oracle.sendCount();
  const missingNumbers: number[] = [];
  async function* findGroups(): AsyncGenerator<GroupToSend> {
    for await (const missing of jobs.findMissing(job, { thorough: random.next() < 0.3, signal })) {
      oracle.count(`resume: ${missing.why}`);
      missingNumbers.push(...missing.numbers);
      yield missing;
    }
  }
  const started_on = item?.started_on ?? new Date(clock.now()).toISOString();
  await sendJob({
    queue: ports.queue,
    plan: job.plan,
    started_on,
    random,
    groups: findGroups(),
    concurrency,
    signal,
  });
  if (missingNumbers.length === 0) oracle.count('resume: nothing to do');
  oracle.sendSucceeded({ job, numbers: missingNumbers, caller: name, since }, purgesBefore);
  oracle.resumeSucceeded(job, purgesBefore);
}

/** Deletes a job, like `movie-load delete`. */
export async function deleteJob(actor: Actor, job: ExpectedJob, force: boolean): Promise<void> {
  const { process, oracle, world, stop } = actor;
  const { clock, random, name } = process;
  const { minPartMovies } = world;
  const jobs = createJobStore({ ...commandPorts(actor), clock, random, instance: name, minPartMovies });
  if (force) oracle.stored.deletions.allowForce(job);
  await jobs.delete(job.job_id, { signal: stop.signal, force });
  oracle.count('a deletion ended');
  if (!oracle.stored.deletions.isFinished(job)) oracle.violate('a deletion that ends has deleted', job.plan.nonce);
}

/** Verifies a COMPLETE job, then deletes its object and repairs it. */
export async function verifyAndRepair(actor: Actor, job: ExpectedJob, loseObject: () => void): Promise<void> {
  const { process, oracle, world, stop } = actor;
  const { signal } = stop;
  const { clock, random, name } = process;
  const { minPartMovies, bufferBytes } = world;
  const jobs = createJobStore({
    ...commandPorts(actor),
    clock,
    random,
    instance: name,
    minPartMovies,
    bufferBytes,
  });
  const report = await jobs.verify(job, { signal, generate: (range) => generateMovies(job.plan.seed, range) });
  oracle.count('verified');
  if (!report.ok) oracle.violate('verify finds nothing', JSON.stringify(report.problems));
  loseObject();
  await jobs.repair(job.job_id, { signal });
  oracle.count('repaired');
  if (!oracle.stored.isObjectCorrect(job)) oracle.violate('repair makes the object again', job.objectKey);
}
