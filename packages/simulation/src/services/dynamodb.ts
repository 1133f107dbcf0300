// DynamoDB: the engine of `local-aws` under virtual time, which reports every write.
import {
  type AttributeMap,
  DynamoDbEngine,
  type DynamoDbEngineOptions,
  DynamoDbError,
  unpackItem,
} from '@movie-load/local-aws';
import { dynamodbError } from './errors.ts';
import { toEngineRequest, toSdkOutput } from './wire.ts';

/** An item of the engine: read it, do not change it. */
export type Item = AttributeMap;

export interface DynamoDbOptions {
  readonly clock: { now(): number };
  readonly uuid: () => string;
  /** The age of the state that an eventually consistent read returns, in milliseconds, and its maximum. */
  readonly stale?: { readonly ms: () => number; readonly maxMs: number };
  /** The most items of a page of a query, besides the limit of a megabyte. */
  readonly pageItems?: () => number;
  /** AWS's quotas. Default: none. */
  readonly quotas?: DynamoDbEngineOptions['quotas'];
  /** Called after each write of one item, with the item before and after. */
  readonly onWrite?: (before: Item | undefined, after: Item | undefined) => void;
}

export type DynamoDb = ReturnType<typeof createDynamoDb>;

export function createDynamoDb({ clock, uuid, stale, pageItems, quotas, onWrite }: DynamoDbOptions) {
  const engine = new DynamoDbEngine({
    clock,
    uuid,
    ...(stale && { staleMs: stale.ms, historyMs: stale.maxMs }),
    ...(pageItems && { maxPageItems: pageItems }),
    ...(quotas && { quotas }),
    ...(onWrite && {
      onWrite: ({ before, after }) => onWrite(before && unpackItem(before), after && unpackItem(after)),
    }),
  });
  return {
    /** The answer of a command, at once. Throws the SDK's error. */
    apply(operation: string, input: object): object {
      try {
        return toSdkOutput(engine.call(operation, toEngineRequest(input)));
      } catch (error) {
        if (!(error instanceof DynamoDbError)) throw error;
        throw Object.assign(dynamodbError(error.code, error.message, error.status), toSdkOutput(error.details));
      }
    },
    /** The current item. */
    item: (table: string, key: Item): Item | undefined => engine.item(table, key),
  };
}
