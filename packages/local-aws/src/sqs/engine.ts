// The embedded SQS as one synchronous object: operations by name, requests and answers in the shape of the AWS JSON
// protocol. It uses no socket and no timer, and reads the time from the clock in its options; `LongPolls` adds waiting
// for messages.
import { SqsError } from './errors.ts';
import type { Input, Output } from './input.ts';
import { MESSAGE_OPERATIONS } from './operations/messages.ts';
import { MOVE_TASK_OPERATIONS } from './operations/move-tasks.ts';
import type { CallContext, Operation } from './operations/operation.ts';
import { PERMISSION_OPERATIONS } from './operations/permissions.ts';
import { QUEUE_OPERATIONS } from './operations/queues.ts';
import { SEND_OPERATIONS } from './operations/send.ts';
import { SqsState } from './state.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...QUEUE_OPERATIONS,
  ...SEND_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...MOVE_TASK_OPERATIONS,
  ...PERMISSION_OPERATIONS,
};

/** The names of all operations. */
export const SQS_OPERATIONS: readonly string[] = Object.keys(OPERATIONS);

const LOCALHOST: CallContext = { origin: 'http://localhost' };

/** The state, and the operations on it. */
export class SqsEngine extends SqsState {
  /**
   * Executes one SQS operation, e.g. `SendMessage`. A receive never waits.
   * @throws {SqsError} AWS's refusal
   */
  call(operation: string, input: Input, context: CallContext = LOCALHOST): Output {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (run === undefined) {
      throw new SqsError('InvalidAction', `The action ${operation} is not valid for this endpoint.`);
    }
    this.userAgent = context.userAgent;
    try {
      return run(this, input, context);
    } finally {
      this.userAgent = undefined;
    }
  }
}
