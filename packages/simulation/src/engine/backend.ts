// The interface of a service for the network.
import type { Dice } from './dice.ts';
import type { EntryFault } from './faults.ts';
import type { SimProcess } from './process.ts';

export type Service = 'sqs' | 'dynamodb' | 's3';

/** A call whose effect may be delayed: a long poll. */
export interface Waiting {
  readonly wait: (answer: (output: object) => void) => () => void;
}

/** A request that consists of entries, each of which may fail alone. */
export interface BatchRequest {
  /** A key for each entry, which is the same when the entry is sent again in another call. */
  readonly keys: readonly string[];
  /** The faults of an entry of this operation. */
  readonly kinds: readonly EntryFault[];
}

export interface Backend {
  /** Runs the operation. Throws the service's error. */
  apply(operation: string, input: object, caller: SimProcess): object | Waiting;
  /** Undefined when the operation is not a batch. */
  batchOf?(operation: string, input: object): BatchRequest | undefined;
  /** `apply` for a batch with faults of its entries. */
  applyPartly?(operation: string, input: object, caller: SimProcess, part: Partly): object;
  /** AWS's throttling error of this service. */
  throttled(operation: string): Error;
  /** The service's error when it fails. */
  serviceError(operation: string, dice: Dice): Error;
  /** True while the service is unreachable. */
  down(): boolean;
}

/** The fault of each entry of a call, in its order. */
export interface Partly {
  readonly fates: readonly (EntryFault | undefined)[];
  readonly dice: Dice;
}
