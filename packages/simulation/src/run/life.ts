// Who lives in a simulated world and what happens to them: consumers that are restarted, producers that die, operators.
import { diceOf } from '../engine/dice.ts';
import type { SimProcess } from '../engine/process.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import type { ExpectedJob } from '../oracle/expected.ts';
import { BY_HAND } from '../oracle/oracle.ts';
import { type Actor, produce, resume, verifyAndRepair } from '../world/actors.ts';
import { type RunningConsumer, runConsumer } from '../world/consumer.ts';
import { type ForgedMessage, forge } from '../world/forged.ts';
import { NAMES, urlOf } from '../world/names.ts';
import { lookAtLetters, purgeLetters, redriveAll } from '../world/operators.ts';
import type { Trap, WorldEvent } from '../world/world.ts';
import type { Simulation } from './simulation.ts';

export type Life = ReturnType<typeof createLife>;

interface ConsumerSlot {
  process: SimProcess | undefined;
  running: RunningConsumer | undefined;
  incarnation: number;
}

const EXIT_BUG = 70;
const TRAP_COUNTS = {
  drain: 'drained while messages come',
  purge: 'killed and purged',
  kill: 'killed in a bad moment',
} as const;
const INTERRUPT_WITHIN_MS = 10_000;
/** Its last calls may time out, and be tried again. */
const INTERRUPTED_FOR_MS = 10 * 60_000;

export function createLife(simulation: Simulation) {
  const { seed, world, jobs, scheduler, oracle, faults, sqs, s3, outages, note, start, crash, live } = simulation;
  const dice = diceOf(seed, 'life');
  const consumers: ConsumerSlot[] = [];
  const working = new Set<string>();
  const forged: ForgedMessage[] = [];
  let eventsLeft = world.events.length;
  let operators = 0;
  let isQuiet = false;

  function startConsumer(slot: ConsumerSlot, index: number): void {
    slot.incarnation += 1;
    const actor = start(`consumer-${index + 1}.${slot.incarnation}`, () => {
      slot.process = undefined;
      scheduler.after(isQuiet ? 100 : dice.int(100, 60_000), () => startConsumer(slot, index));
    });
    slot.process = actor.process;
    slot.running = actor.process.run(() =>
      runConsumer(actor, (code, error) => {
        if (code === EXIT_BUG)
          oracle.violate('no request is invalid', String(error instanceof Error ? error.stack : error));
        crash(actor.process);
      }),
    );
  }

  /** Starts a process that does one thing and ends, and returns its name. When it dies, `again` starts it once more. */
  function work(kind: string, task: (actor: Actor) => Promise<void>, again: boolean): string {
    operators += 1;
    const name = `${kind}.${operators}`;
    const isCalm = isQuiet;
    working.add(name);
    const actor = start(name, () => {
      working.delete(name);
      oracle.count(`${kind} died`);
      if (again) scheduler.after(dice.int(100, 120_000), () => work(kind, task, dice.chance(0.5)));
    });
    const end = (text: string) => {
      working.delete(name);
      actor.calls.done();
      note(name, text);
    };
    if (!isCalm) mayBeInterrupted(actor);
    actor.process
      .run(() => task(actor))
      .then(
        () => end('has done its work'),
        (error: unknown) => {
          oracle.count(`${kind} gave up`);
          end(`gives up: ${String(error)}`);
          if (isCalm || (kind === 'producer' && !mayStop(actor, error)))
            oracle.violate('liveness', `${kind} may not give up here: ${error instanceof Error ? error.stack : error}`);
        },
      );
    return name;
  }

  /** An operator presses Ctrl-C: the command must come to an end, whatever it waits for. */
  function mayBeInterrupted({ process, calls, stop }: Actor): void {
    const { name } = process;
    const plan = diceOf(seed, `interrupt|${name}`);
    if (!plan.chance(name.startsWith('producer') ? 0.12 : 0.3)) return;
    // A command may take milliseconds or minutes.
    const ms = Math.ceil(INTERRUPT_WITHIN_MS ** plan.next());
    scheduler.after(ms, () => {
      if (!working.has(name) || process.stalled || !faults.planned(`interrupt ${name}`)) return;
      note(name, 'is interrupted');
      calls.interrupted();
      process.run(() => stop.abort(new Error('interrupted')));
      scheduler.after(INTERRUPTED_FOR_MS, () => {
        if (working.has(name) && !process.stalled)
          oracle.violate(
            'an interrupt ends the work',
            `${name} still works ${INTERRUPTED_FOR_MS / 60_000} minutes later`,
          );
      });
    });
  }

  const concurrencyOf = (job: ExpectedJob) => world.jobs[jobs.indexOf(job)]?.concurrency ?? 1;
  const life = {
    forged,
    /** Who has work to do. */
    working: working as ReadonlySet<string>,
    begin(): void {
      for (let index = 0; index < world.consumers; index += 1) {
        const slot: ConsumerSlot = { process: undefined, running: undefined, incarnation: 0 };
        consumers.push(slot);
        scheduler.after(dice.int(0, 2000), () => startConsumer(slot, index));
      }
      jobs.forEach((job, index) => {
        working.add(`begin ${index}`);
        scheduler.after(world.jobs[index]?.startMs ?? 0, () => {
          working.delete(`begin ${index}`);
          work('producer', (actor) => produce(actor, job, concurrencyOf(job)), false);
        });
      });
      simulation.onBranch((branch, times) => {
        for (const trap of world.traps) {
          if (trap.branch === branch && trap.times === times) scheduler.after(0, () => spring(trap));
        }
      });
      for (const event of world.events) {
        scheduler.at(EPOCH_MS + event.atMs, () => {
          eventsLeft -= 1;
          if (faults.planned(event.id)) happen(event);
        });
      }
    },
    resume: (job: ExpectedJob, again = false) =>
      work('resume', (actor) => resume(actor, job, concurrencyOf(job)), again),
    produceAgain: (job: ExpectedJob) => work('producer', (actor) => produce(actor, job, concurrencyOf(job)), false),
    redrive: (again = false, max?: number) => work('redrive', (actor) => redriveAll(actor, isDeadLetter, max), again),
    /** Moves the object away, as `aws s3 mv` does, and has it made again. */
    verifyAndRepair: (job: ExpectedJob) =>
      work(
        'verify',
        (actor) =>
          verifyAndRepair(actor, job, () => {
            oracle.stored.take(job);
            s3.apply('DeleteObject', { Bucket: NAMES.bucket, Key: job.objectKey });
          }),
        false,
      ),
    /** Nothing is left to do, and no process is at work. */
    isIdle: () => working.size === 0 && [...live(NAMES.queue)].length === 0,
    allIsDone: () => eventsLeft === 0 && life.isIdle() && jobs.every((job) => oracle.stored.isComplete(job)),
    /** From now on a process that dies starts again at once. */
    calm(): void {
      isQuiet = true;
    },
  };

  const isDeadLetter = (id: string) => [...live(NAMES.dlq)].some((message) => message.id === id);

  function spring({ id, does }: Trap): void {
    if (!faults.planned(id)) return;
    note('world', `${id}: ${does}`);
    if (does === 'abort_uploads') {
      abortUploads();
      return;
    }
    oracle.count(TRAP_COUNTS[does]);
    for (const slot of consumers) {
      if (does === 'drain') drain(slot);
      else if (slot.process !== undefined) crash(slot.process);
    }
    if (does === 'purge') purge();
  }

  /** An operator finds unfinished uploads, and aborts them though a consumer is writing them. */
  function abortUploads(): void {
    const listed = s3.apply('ListMultipartUploads', { Bucket: NAMES.bucket });
    const uploads: unknown = 'Uploads' in listed ? listed.Uploads : [];
    for (const { Key, UploadId } of Array.isArray(uploads) ? uploads : []) {
      s3.apply('AbortMultipartUpload', { Bucket: NAMES.bucket, Key, UploadId });
      oracle.count('upload aborted by an operator');
    }
  }

  function drain({ process, running }: Partial<ConsumerSlot>): void {
    if (process === undefined || running === undefined) return;
    oracle.count('drained');
    const end = () => crash(process);
    process.run(running.drain).then(end, (error: unknown) => {
      oracle.violate('a drain ends', String(error));
      end();
    });
  }

  function purge(): void {
    try {
      sqs.apply('PurgeQueue', { QueueUrl: urlOf(NAMES.queue) }, BY_HAND);
      forged.length = 0;
    } catch (error) {
      note('operator', `cannot empty the queue: ${String(error)}`);
    }
  }

  function happen(event: WorldEvent): void {
    const job = 'job' in event ? jobs[event.job] : undefined;
    note(
      'world',
      `${event.id}${'service' in event ? ` of ${event.service} for ${Math.ceil(event.forMs / 1000)} s` : ''}`,
    );
    switch (event.kind) {
      case 'outage':
        outages.set(event.service, scheduler.now() + event.forMs);
        break;
      case 'forged':
      case 'duplicate':
      case 'buried_by_hand':
        if (job !== undefined) put(event, job);
        break;
      case 'redeliver':
        if (sqs.redeliver(dice)) oracle.count('delivered again before its time');
        break;
      case 'resume':
        if (job !== undefined) life.resume(job, true);
        break;
      case 'produce_again':
        if (job !== undefined) work('producer', (actor) => produce(actor, job, concurrencyOf(job)), false);
        break;
      case 'redrive':
        life.redrive(true, dice.pick([undefined, 1, 3]));
        break;
      case 'purge_letters':
        work('purge', (actor) => purgeLetters(actor, isDeadLetter), false);
        break;
      case 'look':
        work('look', lookAtLetters, false);
        break;
      case 'drain':
        drain(consumers[event.consumer] ?? {});
        break;
      case 'kill': {
        const process = consumers[event.consumer]?.process;
        if (process !== undefined) crash(process);
        break;
      }
      case 'purge':
        purge();
        break;
      default:
    }
  }

  /** A sender with permission puts a message into a job's groups: a forged one, or a valid one once more. */
  function put(
    event: Extract<WorldEvent, { kind: 'forged' | 'duplicate' | 'buried_by_hand' }>,
    job: ExpectedJob,
  ): void {
    const group = groupOf(job, event.number);
    const started = new Date(scheduler.now()).toISOString();
    const body = job.message(event.number).replace(',"movies":[', `,"started_on":"${started}","movies":[`);
    const other = jobs.find((one) => one !== job) ?? job;
    const made: ForgedMessage =
      event.kind === 'forged'
        ? forge(event.which, { job, number: event.number, body, group, other })
        : { kind: 'a valid message', body, group: `${job.job_id}#${group}` };
    if (event.kind === 'forged') forged.push(made);
    oracle.count(
      event.kind === 'buried_by_hand' ? 'put into the dead-letter queue by hand' : `put by hand: ${made.kind}`,
    );
    const entry = { Id: '0', MessageBody: made.body, MessageGroupId: made.group, MessageDeduplicationId: dice.uuid() };
    const to = event.kind === 'buried_by_hand' ? NAMES.dlq : NAMES.queue;
    sqs.apply('SendMessageBatch', { QueueUrl: urlOf(to), Entries: [entry] }, BY_HAND);
  }

  return life;
}

/** A producer stops when SQS refuses one of its messages for good, and when it is interrupted. */
function mayStop({ calls }: Actor, error: unknown): boolean {
  if (calls.isInterrupted) return true;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'send_refused' && calls.hasMet('entry_refused_for_good');
}

function groupOf(job: ExpectedJob, number: number): number {
  for (let group = 0; ; group += 1) {
    const { first, count } = job.messagesOf(group);
    if (number < first + count) return group;
  }
}
