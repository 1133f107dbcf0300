// The interface for injected faults: a call can be delayed, fail before it takes effect, take effect and lose its
// answer, or skip a part of its batch. Tests and benchmarks pass functions, the lab passes rules (lab/fault-rules.ts).

/** The name of a call, as in the counters: `sqs:SendMessage`, `dynamodb:UpdateItem`, `s3:PutObject`. */
export type OperationName = string;

/** A failure: an answer with this status and error code, or a broken connection. */
export type Fault = 'reset' | { readonly status: number; readonly code: string; readonly message?: string };

/** A batch of which the last entries have no effect: SQS lists them as failed, DynamoDB as unprocessed. */
export interface EntriesFault {
  /** The number of these entries; a batch with no more than that has no effect at all. */
  readonly entries: number;
}

export interface Faults {
  /** Milliseconds to wait before the call is processed. */
  delayMs?(operation: OperationName): number;
  /** A failure instead of the effect. */
  before?(operation: OperationName): Fault | undefined;
  /** A failure after the effect: the caller does not learn that the call succeeded. */
  after?(operation: OperationName): Fault | undefined;
  /**
   * Entries of a batch that have no effect. Called for each call; only batch operations of SQS and DynamoDB apply it.
   */
  entries?(operation: OperationName): EntriesFault | undefined;
}
