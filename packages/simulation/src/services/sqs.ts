// SQS: the engine of `local-aws` under virtual time, with long polls that wait in the scheduler, and with eyes on every
// message that comes and goes.
import { type MoveTask, SqsEngine, SqsError } from '@movie-load/local-aws';
import type { Dice } from '../engine/dice.ts';
import type { Waiting } from '../engine/network.ts';
import type { Scheduled, Scheduler } from '../engine/scheduler.ts';
import { sqsError } from './errors.ts';
import { type Accepted, createSqsWatch, type SqsWatcher } from './sqs-watch.ts';
import { answerOf, requestOf } from './wire.ts';

type Queue = ReturnType<SqsEngine['queueByName']>;

export interface SqsOptions {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly watcher?: SqsWatcher | undefined;
}

export type Sqs = ReturnType<typeof createSqs>;

interface Poll {
  readonly queue: Queue;
  readonly input: object;
  readonly caller: string;
  readonly answer: (output: object) => void;
  readonly timeout: Scheduled;
}

export function createSqs({ scheduler, dice, watcher }: SqsOptions) {
  const polls = new Set<Poll>();
  const alarms = new Map<Queue, Scheduled>();

  const engine: SqsEngine = new SqsEngine({
    clock: { now: scheduler.now },
    uuid: dice.uuid,
    onMoveTask: moveAll,
    hooks: {
      onAvailable: (queue) => {
        if (polls.size > 0) scheduler.after(0, () => serve(queue));
      },
      onDue: (queue, dueAt) => alarm(queue, dueAt),
    },
  });
  const watch = watcher === undefined ? undefined : createSqsWatch(engine, watcher);

  function moveAll(task: MoveTask): void {
    const nextMs = task.step(engine);
    if (nextMs !== undefined) scheduler.after(nextMs, () => moveAll(task));
  }

  function alarm(queue: Queue, dueAt: number): void {
    const set = alarms.get(queue);
    if (set !== undefined && !set.cancelled && set.time > scheduler.now() && set.time <= dueAt) return;
    if (set !== undefined) set.cancelled = true;
    const ring = () => {
      queue.advance(scheduler.now());
      serve(queue);
      if (queue.nextDueAt !== undefined) alarm(queue, queue.nextDueAt);
    };
    alarms.set(queue, scheduler.at(dueAt, ring));
  }

  function serve(queue: Queue): void {
    for (const poll of [...polls]) {
      if (poll.queue !== queue || !queue.available) continue;
      const output = call('ReceiveMessage', poll.input, poll.caller);
      if (!('Messages' in output)) continue;
      leave(poll);
      poll.answer(output);
    }
  }

  function leave(poll: Poll): void {
    poll.timeout.cancelled = true;
    polls.delete(poll);
  }

  function call(operation: string, input: object, caller: string): object {
    let output: object;
    try {
      output = answerOf(engine.call(operation, requestOf(input)));
    } catch (error) {
      if (error instanceof SqsError) throw sqsError(error.code, error.message, error.status);
      throw error;
    }
    watch?.after(operation, input, output, caller);
    return output;
  }

  const queueOf = (input: object) => engine.queueByUrl('QueueUrl' in input ? String(input.QueueUrl) : '');

  function wait(input: object, waitMs: number, caller: string): Waiting['wait'] {
    return (answer) => {
      const timeout = scheduler.after(waitMs, () => {
        leave(poll);
        answer({});
      });
      const queue = queueOf(input);
      const poll: Poll = { queue, input, caller, answer, timeout };
      polls.add(poll);
      if (queue.nextDueAt !== undefined) alarm(queue, queue.nextDueAt);
      return () => leave(poll);
    };
  }

  return {
    engine,
    /** Live messages of a queue: waiting, in flight or delayed. */
    live: (queue: string): Iterable<Accepted> => watch?.live(queue) ?? [],
    byHandle: (handle: string): Accepted | undefined => watch?.byHandle(handle),
    apply(operation: string, input: object, caller: string): object | Waiting {
      const output = call(operation, input, caller);
      if (operation !== 'ReceiveMessage' || 'Messages' in output) return output;
      const asked = 'WaitTimeSeconds' in input ? input.WaitTimeSeconds : undefined;
      const waitMs = asked === undefined ? queueOf(input).settings.waitMs : Number(asked) * 1000;
      return waitMs > 0 ? { wait: wait(input, waitMs, caller) } : output;
    },
    /** A message in flight becomes visible before its time, as at-least-once delivery allows. True when there was one. */
    redeliver(pick: Dice): boolean {
      const flying = watch?.inFlight() ?? [];
      if (flying.length === 0) return false;
      try {
        const { queue, receiptHandle } = pick.pick(flying);
        engine.call('ChangeMessageVisibility', { QueueUrl: queue, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 });
        return true;
      } catch {
        return false;
      }
    },
  };
}
