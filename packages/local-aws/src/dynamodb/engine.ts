// The embedded DynamoDB as one synchronous object: operations by name, requests and answers in the shape of the AWS
// JSON protocol. It uses no clock, socket or timer: the caller passes the time.
import { DynamoDbError } from './errors.ts';
import type { Input, Output } from './input.ts';
import { BATCH_GET_OPERATIONS } from './operations/batch-get.ts';
import { BATCH_WRITE_OPERATIONS } from './operations/batch-write.ts';
import { ITEM_OPERATIONS } from './operations/items.ts';
import { LIMIT_OPERATIONS } from './operations/limits.ts';
import type { Operation } from './operations/operation.ts';
import { QUERY_OPERATIONS } from './operations/query.ts';
import { SCAN_OPERATIONS } from './operations/scan.ts';
import { TABLE_OPERATIONS } from './operations/tables.ts';
import { TAG_OPERATIONS } from './operations/tags.ts';
import { TIME_TO_LIVE_OPERATIONS } from './operations/time-to-live.ts';
import { TRANSACT_GET_OPERATIONS } from './operations/transact-get.ts';
import { TRANSACT_WRITE_OPERATIONS } from './operations/transact-write.ts';
import { UPDATE_TABLE_OPERATIONS } from './operations/update-table.ts';
import { openedOutput } from './output.ts';
import { DynamoDbState } from './state.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...TABLE_OPERATIONS,
  ...UPDATE_TABLE_OPERATIONS,
  ...ITEM_OPERATIONS,
  ...BATCH_WRITE_OPERATIONS,
  ...BATCH_GET_OPERATIONS,
  ...QUERY_OPERATIONS,
  ...SCAN_OPERATIONS,
  ...TRANSACT_WRITE_OPERATIONS,
  ...TRANSACT_GET_OPERATIONS,
  ...TAG_OPERATIONS,
  ...TIME_TO_LIVE_OPERATIONS,
  ...LIMIT_OPERATIONS,
};

/** The names of all operations. */
export const DYNAMODB_OPERATIONS: readonly string[] = Object.keys(OPERATIONS);

/** Reduces a table's ARN in `TableName` to its name. */
function withTableName(input: Input): Input {
  const name = input.TableName;
  if (typeof name !== 'string' || !name.startsWith('arn:aws:dynamodb:')) return input;
  return { ...input, TableName: name.slice(name.indexOf('/') + 1) };
}

/** The state, and the operations on it. */
export class DynamoDbEngine extends DynamoDbState {
  /**
   * Executes one operation, e.g. `PutItem`. The engine takes over the input: stored items share its values. The answer
   * shares values with stored items: read it, do not change it.
   * @throws {DynamoDbError} AWS's refusal
   */
  call(operation: string, input: Input): Output {
    return openedOutput(this.answer(operation, input));
  }

  /** As `call`, with large values in their stored form: for a caller that writes JSON (see `jsonOf`). */
  answer(operation: string, input: Input): Output {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (run === undefined) throw new DynamoDbError('UnknownOperationException', '');
    return run(this, withTableName(input));
  }

  /** As `answer`, but the last `count` items of a batch stay unprocessed, as when DynamoDB fails internally. */
  answerLeaving(count: number, operation: string, input: Input): Output {
    this.unprocessed = count;
    try {
      return this.answer(operation, input);
    } finally {
      this.unprocessed = 0;
    }
  }
}
