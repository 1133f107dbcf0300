// SQS: the engine of `local-aws` under virtual time, which reports every event of a message.
import { type MoveTask, SqsEngine, SqsError } from '@movie-load/local-aws';
import type { LongPoll } from '../engine/backend.ts';
import type { Dice } from '../engine/dice.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { sqsError } from './errors.ts';
import { LongPolls } from './long-polls.ts';
import { type AcceptedMessage, type SqsListener, SqsWatch } from './sqs-watch.ts';
import { toEngineRequest, toSdkOutput } from './wire.ts';

export interface SqsOptions {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly listener?: SqsListener | undefined;
}

export type Sqs = ReturnType<typeof createSqs>;

export function createSqs({ scheduler, dice, listener }: SqsOptions) {
  const polls = new LongPolls({ scheduler, receive: (input, caller) => call('ReceiveMessage', input, caller) });
  const engine: SqsEngine = new SqsEngine({
    clock: scheduler,
    uuid: dice.uuid,
    onMoveTask: stepMoveTask,
    hooks: {
      onAvailable: (queue) => polls.schedule(queue),
      onDue: (queue, dueAt) => polls.setAlarm(queue, dueAt),
    },
  });
  const watch = listener === undefined ? undefined : new SqsWatch(engine, listener);

  function stepMoveTask(task: MoveTask): void {
    const nextMs = task.step(engine);
    if (nextMs !== undefined) scheduler.after(nextMs, () => stepMoveTask(task));
  }

  function call(operation: string, input: object, caller: string): object {
    let output: object;
    try {
      output = toSdkOutput(engine.call(operation, toEngineRequest(input)));
    } catch (error) {
      if (error instanceof SqsError) throw sqsError(error.code, error.message, error.status);
      throw error;
    }
    watch?.reportEvents(operation, input, output, caller);
    return output;
  }

  return {
    engine,
    /** Live messages of a queue: waiting, in flight or delayed. */
    live: (queue: string): Iterable<AcceptedMessage> => watch?.live(queue) ?? [],
    messageByHandle: (handle: string): AcceptedMessage | undefined => watch?.messageByHandle(handle),
    /** The answer of a command, at once unless it is a long poll without messages. Throws the SDK's error. */
    apply(operation: string, input: object, caller: string): object | LongPoll {
      const output = call(operation, input, caller);
      if (operation !== 'ReceiveMessage' || 'Messages' in output) return output;
      const queue = engine.queueByUrl('QueueUrl' in input ? String(input.QueueUrl) : '');
      const requestedSeconds = 'WaitTimeSeconds' in input ? input.WaitTimeSeconds : undefined;
      const waitMs = requestedSeconds === undefined ? queue.settings.waitMs : Number(requestedSeconds) * 1000;
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
    redeliver(dice: Dice): boolean {
      const inFlight = watch?.inFlight() ?? [];
      if (inFlight.length === 0) return false;
      try {
        const { queue, receiptHandle } = dice.pick(inFlight);
        engine.call('ChangeMessageVisibility', { QueueUrl: queue, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 });
        return true;
      } catch {
        return false;
      }
    },
  };
}
