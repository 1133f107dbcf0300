// The embedded DynamoDB as one synchronous object: operations by name, requests and responses in the shape of the AWS
// JSON protocol. It uses no socket and no timer, and reads the time from the clock in its options.
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
import { unpackOutput } from './output.ts';
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

/** The input with the table's name in `TableName`: clients may also send the table's ARN. */
function withTableName(input: Input): Input {
  const name = input.TableName;
  if (typeof name !== 'string' || !name.startsWith('arn:aws:dynamodb:')) return input;
  return { ...input, TableName: name.slice(name.indexOf('/') + 1) };
}

/** The state, and the operations on it. */
export class DynamoDbEngine extends DynamoDbState {
  /**
   * Executes one operation, e.g. `PutItem`. Stored items share values with the input, and the response with stored
   * items. So the caller must change neither.
   * @throws {DynamoDbError} the error with which AWS refuses the call
   */
  call(operation: string, input: Input): Output {
    return unpackOutput(this.callPacked(operation, input));
  }

  /** As `call`, but large values of the response stay packed: for a caller that sends it as JSON (see `jsonOf`). */
  callPacked(operation: string, input: Input): Output {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (run === undefined) throw new DynamoDbError('UnknownOperationException', '');
    return run(this, withTableName(input));
  }

  /** As `callPacked`, but the last `count` items of a batch stay unprocessed, as when DynamoDB fails internally. */
  callLeavingUnprocessed(count: number, operation: string, input: Input): Output {
    this.unprocessedCount = count;
    try {
      return this.callPacked(operation, input);
    } finally {
      this.unprocessedCount = 0;
    }
  }
}
