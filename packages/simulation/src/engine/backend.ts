// The interface between the simulated network and a service.
import type { Dice } from './dice.ts';
import type { EntryFault } from './faults.ts';
import type { SimProcess } from './process.ts';

export type Service = 'sqs' | 'dynamodb' | 's3';

/**
 * The answer of a service to a long poll that found no messages yet: `wait` calls `answer` with the output later, and
 * returns a function that ends the wait without an output.
 */
export interface LongPoll {
  readonly wait: (answer: (output: object) => void) => () => void;
}

/** A request that consists of entries, each of which may fail alone. */
export interface BatchRequest {
  /** A key for each entry, which is the same when the entry is sent again in another call. */
  readonly keys: readonly string[];
  /** The kinds of fault that an entry of this operation can have. */
  readonly kinds: readonly EntryFault[];
}

export interface Backend {
  /** Runs the operation. Throws the service's error. */
  apply(operation: string, input: object, caller: SimProcess): object | LongPoll;
  /** Undefined when the operation is not a batch. */
  batchOf?(operation: string, input: object): BatchRequest | undefined;
  /** Like `apply`, for a batch of which some entries fail. */
  applyWithEntryFaults?(operation: string, input: object, caller: SimProcess, batchFaults: BatchFaults): object;
  /** The error with which AWS throttles calls of this service. */
  throttlingError(operation: string): Error;
  /** An error of the service itself, or of the connection to it. */
  serviceError(operation: string, dice: Dice): Error;
  /** True while the service is unreachable. */
  isDown(): boolean;
}

/** The fault of each entry of a call, in its order. */
export interface BatchFaults {
  readonly entryFaults: readonly (EntryFault | undefined)[];
  readonly dice: Dice;
}
