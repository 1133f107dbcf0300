// SQS: the engine of `local-aws` under virtual time, which reports every event of a message.
import { type MoveTask, SqsEngine, SqsError } from '@movie-load/local-aws';
import type { Waiting } from '../engine/backend.ts';
import type { Dice } from '../engine/dice.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { sqsError } from './errors.ts';
import { LongPolls } from './long-polls.ts';
import { type Accepted, SqsWatch, type SqsWatcher } from './sqs-watch.ts';
import { answerOf, requestOf } from './wire.ts';

export interface SqsOptions {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly watcher?: SqsWatcher | undefined;
}

export type Sqs = ReturnType<typeof createSqs>;

export function createSqs({ scheduler, dice, watcher }: SqsOptions) {
  const polls = new LongPolls({ scheduler, receive: (input, caller) => call('ReceiveMessage', input, caller) });
  const engine: SqsEngine = new SqsEngine({
    clock: scheduler,
    uuid: dice.uuid,
    onMoveTask: moveAll,
    hooks: {
      onAvailable: (queue) => polls.schedule(queue),
      onDue: (queue, dueAt) => polls.setAlarm(queue, dueAt),
    },
  });
  const watch = watcher === undefined ? undefined : new SqsWatch(engine, watcher);

  function moveAll(task: MoveTask): void {
    const nextMs = task.step(engine);
    if (nextMs !== undefined) scheduler.after(nextMs, () => moveAll(task));
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

  return {
    engine,
    /** Live messages of a queue: waiting, in flight or delayed. */
    live: (queue: string): Iterable<Accepted> => watch?.live(queue) ?? [],
    byHandle: (handle: string): Accepted | undefined => watch?.byHandle(handle),
    apply(operation: string, input: object, caller: string): object | Waiting {
      const output = call(operation, input, caller);
      if (operation !== 'ReceiveMessage' || 'Messages' in output) return output;
      const queue = engine.queueByUrl('QueueUrl' in input ? String(input.QueueUrl) : '');
      const asked = 'WaitTimeSeconds' in input ? input.WaitTimeSeconds : undefined;
      const waitMs = asked === undefined ? queue.settings.waitMs : Number(asked) * 1000;
      return waitMs > 0 ? { wait: polls.wait(queue, { input, caller, waitMs }) } : output;
    },
    /** Makes the message of a receipt handle visible, if the handle is still valid. */
    expire(input: object, handle: string): void {
      const QueueUrl = 'QueueUrl' in input ? String(input.QueueUrl) : '';
      try {
        engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: handle, VisibilityTimeout: 0 });
      } catch (error) {
        if (!(error instanceof SqsError)) throw error;
      }
    },
    /**
     * Makes a message in flight visible early, as at-least-once delivery allows. Returns whether there was one.
     */
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
