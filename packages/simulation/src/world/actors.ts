// The processes of a simulated world: the production modules, with models behind their adapters.
import { openObjects, openTable, queueAt } from '@movie-load/aws';
import { createConsumer } from '@movie-load/consumer';
import { createJobStore } from '@movie-load/jobs';
import { generateMovies } from '@movie-load/movies';
import { type GroupToSend, redrive, sendJob } from '@movie-load/queue';
import type { SimProcess } from '../engine/process.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { Clients } from './clients.ts';
import { NAMES, urlOf } from './names.ts';
import type { World } from './world.ts';

/** What an actor has of the world. */
export interface Actor {
  readonly process: SimProcess;
  readonly clients: Clients;
  readonly world: World;
  readonly oracle: Oracle;
  readonly note: (text: string) => void;
}

/** What a consumer says when a counted movie is not there: it may never have to. */
const GAP = /though they are counted/;

function listen({ oracle, note }: Actor) {
  const hear = (facts: object, text: string) => {
    const error = 'error' in facts ? String(facts.error) : '';
    note(`“${text}” ${error}`.trimEnd());
    oracle.count(`said: ${text}`);
    if (error.includes('heartbeats ended')) oracle.count('heartbeats ended');
    if (GAP.test(error)) oracle.violate('what is counted can be read', error);
  };
  return { info: hear, warn: hear, error: hear };
}

function portsOf({ clients }: Actor) {
  return {
    queue: queueAt(clients, NAMES.queue, urlOf(NAMES.queue)),
    dlq: queueAt(clients, NAMES.dlq, urlOf(NAMES.dlq)),
    table: openTable(clients, NAMES.table),
    objects: openObjects(clients, NAMES.bucket),
  };
}

export interface RunningConsumer {
  /** SIGTERM. Resolves when the process would end. */
  drain(): Promise<void>;
}

/** A consumer with its polls; sqs-consumer's own loop is the one thing of it that is not the production code. */
export function runConsumer(actor: Actor, onExit: (code: number, error: unknown) => void): RunningConsumer {
  const { process, world, oracle } = actor;
  const { clock, random } = process;
  const ending = new AbortController();
  const stopPolls = new AbortController();
  const consumer = createConsumer({
    ...portsOf(actor),
    clock,
    random,
    instance: process.name,
    settings: {
      visibilitySeconds: world.visibilitySeconds,
      drainMs: world.drainSeconds * 1000,
      leaseMs: world.leaseSeconds * 1000,
      partBytes: world.partBytes,
      pieceCharacters: world.pieceCharacters,
    },
    log: listen(actor),
    exit: onExit,
    signal: ending.signal,
  });

  async function poll(): Promise<void> {
    while (!stopPolls.signal.aborted) {
      try {
        await consumer.ready(stopPolls.signal);
        const messages = await consumer.queue.receive({
          max: world.receiveMax,
          waitSeconds: 20,
          visibilitySeconds: world.visibilitySeconds,
          signal: stopPolls.signal,
        });
        if (messages.length === 0) continue;
        const kinds = messages.map(({ body, groupId }) => oracle.identify(body, groupId));
        const numbers = kinds.flatMap((kind) => (kind === undefined ? [] : [`${kind.job.job_id} ${kind.number}`]));
        if (new Set(numbers).size < numbers.length) oracle.count('one number twice in a receive');
        if (numbers.length > 0 && numbers.length < kinds.length) oracle.count('valid and forged in one receive');
        await consumer.handler.handle(messages);
      } catch {
        if (!stopPolls.signal.aborted) await clock.sleep(random.next() * 1000);
      }
    }
  }
  const polls = Promise.all(Array.from({ length: world.pollers }, poll));
  return {
    async drain() {
      stopPolls.abort(new Error('the process ends'));
      await consumer.handler.drain(polls.then(() => undefined));
      ending.abort(new Error('the process ends'));
    },
  };
}

const never = () => new AbortController().signal;

/** Sends all of a job, as a producer or `resume --plan` does. */
export async function produce(actor: Actor, job: ExpectedJob, concurrency: number): Promise<void> {
  const { process, oracle } = actor;
  const { clock, random, name } = process;
  const since = oracle.mark();
  const purges = oracle.purges();
  const started_on = new Date(clock.now()).toISOString();
  await sendJob({
    queue: portsOf(actor).queue,
    plan: job.plan,
    started_on,
    clock,
    random,
    concurrency,
    signal: never(),
  });
  const numbers = Array.from({ length: job.shape.messages }, (_, number) => number);
  oracle.promised({ job, numbers, caller: name, since }, purges);
}

/** Walks the tree and sends what is missing or has to be woken up, as `movie-load resume` does. */
export async function resume(actor: Actor, job: ExpectedJob, concurrency: number): Promise<void> {
  const { process, oracle, world } = actor;
  const { clock, random, name } = process;
  const ports = portsOf(actor);
  const jobs = createJobStore({ ...ports, clock, random, instance: name, leaseMs: world.leaseSeconds * 1000 });
  const beginning = oracle.purges();
  const item = await jobs.job(job.job_id);
  if (item === undefined) oracle.count('resume: nothing stored yet');
  const since = oracle.mark();
  const asked: number[] = [];
  async function* found(): AsyncGenerator<GroupToSend> {
    for await (const missing of jobs.findMissing(job, { thorough: random.next() < 0.3 })) {
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
    clock,
    random,
    groups: found(),
    concurrency,
    signal: never(),
  });
  if (asked.length === 0) oracle.count('resume: nothing to do');
  oracle.promised({ job, numbers: asked, caller: name, since }, beginning);
  oracle.resumed(job, beginning);
}

/** Compares all that is known of a COMPLETE job; then loses its object and has it made again. */
export async function verifyAndRepair(actor: Actor, job: ExpectedJob, loseObject: () => void): Promise<void> {
  const { process, oracle, world } = actor;
  const { clock, random, name } = process;
  const leaseMs = world.leaseSeconds * 1000;
  const jobs = createJobStore({
    ...portsOf(actor),
    clock,
    random,
    instance: name,
    leaseMs,
    partBytes: world.partBytes,
  });
  const report = await jobs.verify(job, { expected: (range) => generateMovies(job.plan.seed, range) });
  oracle.count('verified');
  if (!report.ok) oracle.violate('verify finds nothing', JSON.stringify(report.problems));
  loseObject();
  await jobs.repair(job.job_id);
  oracle.count('repaired');
  if (!oracle.stored.objectIsRight(job)) oracle.violate('repair makes the object again', job.objectKey);
}

/** Gives what is in the dead-letter queue back to its groups. */
export async function redriveAll(actor: Actor, max?: number): Promise<void> {
  const { clock, random } = actor.process;
  const { queue, dlq } = portsOf(actor);
  await redrive({ from: dlq, to: queue, clock, random, max, signal: never() });
}
