// The seam for faults: any call can be late, fail before its effect, have its effect and lose its answer, or leave a part of
// its batch undone. Tests and benchmarks answer by functions, the lab by declared rules (lab/fault-rules.ts).

/** Names a call as the counters do: `sqs:SendMessage`, `dynamodb:UpdateItem`, `s3:PutObject`. */
export type OperationName = string;

/** How a call fails: an answer with this status and error code, or a connection that breaks. */
export type Fault = 'reset' | { readonly status: number; readonly code: string; readonly message?: string };

/** A batch of which the last entries have no effect: SQS lists them as failed, DynamoDB as unprocessed. */
export interface EntriesFault {
  /** How many; a batch of fewer has no effect at all. */
  readonly entries: number;
}

export interface Faults {
  /** Milliseconds to wait before the call is looked at. */
  delayMs?(operation: OperationName): number;
  /** A fault instead of the effect. */
  before?(operation: OperationName): Fault | undefined;
  /** A fault after the effect: the caller does not learn that it worked. */
  after?(operation: OperationName): Fault | undefined;
  /** Entries of a batch that have no effect. Asked for each call; only batch operations of SQS and DynamoDB look at it. */
  entries?(operation: OperationName): EntriesFault | undefined;
}
