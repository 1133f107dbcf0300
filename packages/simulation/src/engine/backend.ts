// What the network needs of a service.
import type { Dice } from './dice.ts';
import type { EntryFault } from './faults.ts';
import type { SimProcess } from './process.ts';

export type Service = 'sqs' | 'dynamodb' | 's3';

/** A call whose effect may not come at once: a long poll. */
export interface Waiting {
  readonly wait: (answer: (output: object) => void) => () => void;
}

/** A request that consists of entries, each of which may fail alone. */
export interface BatchRequest {
  /** What tells each entry from others, also when it is sent again in another call. */
  readonly keys: readonly string[];
  /** What may happen to an entry of this operation. */
  readonly kinds: readonly EntryFault[];
}

export interface Backend {
  /** Does the operation. Throws what the service would answer. */
  apply(operation: string, input: object, caller: SimProcess): object | Waiting;
  /** Undefined when the operation is not a batch. */
  batchOf?(operation: string, input: object): BatchRequest | undefined;
  /** `apply` for a batch, with what goes wrong with its entries. */
  applyPartly?(operation: string, input: object, caller: SimProcess, part: Partly): object;
  /** AWS's throttling error of this service. */
  throttled(operation: string): Error;
  /** What the service answers when it fails. */
  serviceError(operation: string, dice: Dice): Error;
  /** True while the service is unreachable. */
  down(): boolean;
}

/** What goes wrong with the entries of a call, in its order. */
export interface Partly {
  readonly fates: readonly (EntryFault | undefined)[];
  readonly dice: Dice;
}
