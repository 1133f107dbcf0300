// DynamoDB: the engine of `local-aws` under virtual time, with eyes on every write.
import {
  type AttributeMap,
  DynamoDbEngine,
  type DynamoDbEngineOptions,
  DynamoDbError,
  openedItem,
} from '@movie-load/local-aws';
import { dynamodbError } from './errors.ts';
import { answerOf, requestOf } from './wire.ts';

/** An item of the engine: read it, do not change it. */
export type Item = AttributeMap;

export interface DynamoDbOptions {
  readonly clock: { now(): number };
  readonly uuid: () => string;
  /** How old the state is that an eventually consistent read sees, in milliseconds, and how old it can be. */
  readonly stale?: { readonly ms: () => number; readonly mostMs: number };
  /** Items that a page of a query has at most, beside the megabyte. */
  readonly pageItems?: () => number;
  /** AWS's quotas; none unless given. */
  readonly quotas?: DynamoDbEngineOptions['quotas'];
  /** Called after each write of one item, with the item before and after. */
  readonly onWrite?: (before: Item | undefined, after: Item | undefined) => void;
}

export type DynamoDb = ReturnType<typeof createDynamoDb>;

export function createDynamoDb({ clock, uuid, stale, pageItems, quotas, onWrite }: DynamoDbOptions) {
  const engine = new DynamoDbEngine({
    clock,
    uuid,
    ...(stale && { staleMs: stale.ms, historyMs: stale.mostMs }),
    ...(pageItems && { pageItems }),
    ...(quotas && { quotas }),
    ...(onWrite && {
      onWrite: ({ before, after }) => onWrite(before && openedItem(before), after && openedItem(after)),
    }),
  });
  return {
    /** The answer of a command, at once. Throws what the SDK would throw. */
    apply(operation: string, input: object): object {
      try {
        return answerOf(engine.call(operation, requestOf(input)));
      } catch (error) {
        if (!(error instanceof DynamoDbError)) throw error;
        throw Object.assign(dynamodbError(error.code, error.message, error.status), answerOf(error.details));
      }
    },
    /** An item as it is now. */
    item: (table: string, key: Item): Item | undefined => engine.item(table, key),
  };
}
