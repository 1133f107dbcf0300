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
  readonly calls: CallWatch;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortController;
  readonly world: World;
  readonly oracle: Oracle;
  /** Virtual milliseconds, not of the process's own clock. */
  readonly now: () => number;
  readonly note: (text: string) => void;
}

/** The code with which a consumer reports a missing counted movie, which must never happen. */
const GAP = /though they are counted/;

/** Writes the process's log to the trace; `listen` gets each line for the oracle. */
export function logOf({ process, oracle, note }: Actor, listen: (text: string) => void = () => {}) {
  const onLog = (facts: object, text: string) => {
    const error = 'err' in facts ? describeError(facts.err) : '';
    listen(text);
    note(`“${text}” ${error}`.trimEnd());
    oracle.count(`said: ${text}`);
    if (error.includes('heartbeats ended')) oracle.heartbeatsEnded(process.name);
    if (text.startsWith('a part is left')) oracle.stored.uploads.leftPartToEnd(process.name);
    if (GAP.test(error)) oracle.violate('what is counted can be read', error);
  };
  return { info: onLog, warn: onLog, error: onLog };
}

/** Ports that try once. */
export function portsOf({ clients }: Actor) {
  return {
    queue: queueAt(clients, NAMES.queue, urlOf(NAMES.queue)),
    dlq: queueAt(clients, NAMES.dlq, urlOf(NAMES.dlq)),
    table: openTable(clients, NAMES.table),
    objects: openObjects(clients, NAMES.bucket),
  };
}

/** The policy of a command, which gives up after a few attempts. */
const TOOL_ATTEMPTS = 4;

export function toolPorts(actor: Actor) {
  const { clock, random } = actor.process;
  const policy: CallPolicy = { clock, random, maxAttempts: TOOL_ATTEMPTS };
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
  const since = oracle.mark();
  const purges = oracle.purges();
  const started_on = new Date(clock.now()).toISOString();
  let messages = 0;
  const sent = await sendJob({
    queue: toolPorts(actor).queue,
    plan: job.plan,
    started_on,
    random,
    concurrency,
    signal,
    onSent: (some) => {
      messages += some.messages;
    },
  });
  if (sent.messages !== messages || messages !== job.shape.messages)
    oracle.violate('a sending reports what it sent', `${sent.messages} in all, ${messages} reported`);
  const numbers = Array.from({ length: job.shape.messages }, (_, number) => number);
  oracle.promised({ job, numbers, caller: name, since }, purges);
}

/** Walks the tree and sends messages that are missing or make a consumer climb, like `movie-load resume`. */
export async function resume(actor: Actor, job: ExpectedJob, concurrency: number): Promise<void> {
  const { process, oracle, world, stop } = actor;
  const { signal } = stop;
  const { clock, random, name } = process;
  const ports = toolPorts(actor);
  const { minPartMovies } = world;
  const jobs = createJobStore({ ...ports, clock, random, instance: name, minPartMovies });
  const beginning = oracle.purges();
  const item = await jobs.job(job.job_id, { signal });
  if (item === undefined) oracle.count('resume: nothing stored yet');
  const since = oracle.mark();
  const asked: number[] = [];
  async function* found(): AsyncGenerator<GroupToSend> {
    for await (const missing of jobs.findMissing(job, { thorough: random.next() < 0.3, signal })) {
      oracle.count(`resume: ${missing.why}`);
      asked.push(...missing.numbers);
      yield missing;
    }
  }
  const started_on = item?.started_on ?? new Date(clock.now()).toISOString();
  await sendJob({
    queue: ports.queue,
    plan: job.plan,
    started_on,
    random,
    groups: found(),
    concurrency,
    signal,
  });
  if (asked.length === 0) oracle.count('resume: nothing to do');
  oracle.promised({ job, numbers: asked, caller: name, since }, beginning);
  oracle.resumed(job, beginning);
}

/** Deletes a job, like `movie-load delete`. */
export async function deleteJob(actor: Actor, job: ExpectedJob, force: boolean): Promise<void> {
  const { process, oracle, world, stop } = actor;
  const { clock, random, name } = process;
  const { minPartMovies } = world;
  const jobs = createJobStore({ ...toolPorts(actor), clock, random, instance: name, minPartMovies });
  if (force) oracle.stored.deletions.force(job);
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
    ...toolPorts(actor),
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
  if (!oracle.stored.objectIsRight(job)) oracle.violate('repair makes the object again', job.objectKey);
}
