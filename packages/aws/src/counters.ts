// Counts what AWS would bill: every HTTP request, SDK retries included, and DynamoDB's write and read units.
import type { FinalizeRequestMiddleware } from '@smithy/types';
import { errorName, isThrottleCode } from './errors.ts';

/** Totals since the process started. The same numbers feed IPC reports, `/metrics` and the summary of `start`. */
export interface Counters {
  /** Requests by operation, e.g. `sqs:SendMessageBatch`. */
  readonly calls: Map<string, number>;
  /** Requests answered with an error or not at all, by operation. Failed conditions of writes do not count. */
  readonly failures: Map<string, number>;
  /** Requests of which a limit per second refused all or a part, by operation. */
  readonly throttles: Map<string, number>;
  /** DynamoDB write request units, including those of the index. */
  writeUnits: number;
  /** DynamoDB read request units. */
  readUnits: number;
}

export function createCounters(): Counters {
  return { calls: new Map(), failures: new Map(), throttles: new Map(), writeUnits: 0, readUnits: 0 };
}

const increment = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

interface Capacity {
  readonly CapacityUnits?: number;
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'BatchWriteItem']);
const READS = new Set(['GetItem', 'Query']);

function capacities(output: unknown): readonly Capacity[] {
  const capacity = (output as { ConsumedCapacity?: Capacity | readonly Capacity[] }).ConsumedCapacity;
  if (capacity === undefined) return [];
  return Array.isArray(capacity) ? capacity : [capacity as Capacity];
}

interface BatchAnswer {
  /** The unprocessed items of a DynamoDB batch. When there are none, it may be `{}` or `{ table: [] }`. */
  readonly UnprocessedItems?: Readonly<Record<string, readonly unknown[]>>;
  /** The failed entries of an SQS batch. */
  readonly Failed?: readonly { readonly Code?: string }[];
}

/** True for a successful batch call of which a limit per second refused some entries. */
function isThrottledInPart(output: unknown): boolean {
  const { UnprocessedItems = {}, Failed = [] } = output as BatchAnswer;
  const hasUnprocessed = Object.values(UnprocessedItems).some((items) => items.length > 0);
  return hasUnprocessed || Failed.some(({ Code = '' }) => isThrottleCode(Code));
}

const unitsOf = (all: readonly Capacity[]): number =>
  all.reduce((sum, capacity) => sum + (capacity.CapacityUnits ?? 0), 0);

/**
 * A middleware inside the SDK's retry loop, so that it sees each attempt. A write whose condition fails is
 * billed too (one unit for an item under 1 KB), though the error does not report units: see "Working with items and
 * attributes" in DynamoDB's developer guide.
 */
export function countingMiddleware<Input extends object, Output extends object>(
  service: string,
  counters: Counters,
): FinalizeRequestMiddleware<Input, Output> {
  return (next, context) => {
    const operation = String(context.commandName ?? 'unknown').replace(/Command$/, '');
    const key = `${service}:${operation}`;
    const isWrite = service === 'dynamodb' && WRITES.has(operation);
    const isRead = service === 'dynamodb' && READS.has(operation);
    return async (args) => {
      increment(counters.calls, key);
      try {
        const result = await next(args);
        if (isWrite) counters.writeUnits += unitsOf(capacities(result.output));
        else if (isRead) counters.readUnits += unitsOf(capacities(result.output));
        if (isThrottledInPart(result.output)) increment(counters.throttles, key);
        return result;
      } catch (error) {
        if (isWrite && errorName(error) === 'ConditionalCheckFailedException') counters.writeUnits += 1;
        else increment(counters.failures, key);
        if (isThrottleCode(errorName(error))) increment(counters.throttles, key);
        throw error;
      }
    };
  };
}
