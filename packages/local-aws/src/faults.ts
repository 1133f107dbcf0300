// The seam for tests and benchmarks: any call can be late, fail before its effect, or have its effect and lose its answer.

/** Names a call as the counters do: `sqs:SendMessage`, `dynamodb:UpdateItem`, `s3:PutObject`. */
export type OperationName = string;

/** How a call fails: an answer with this status and error code, or a connection that breaks. */
export type Fault = 'reset' | { readonly status: number; readonly code: string; readonly message?: string };

export interface Faults {
  /** Milliseconds to wait before the call is looked at. */
  delayMs?(operation: OperationName): number;
  /** A fault instead of the effect. */
  before?(operation: OperationName): Fault | undefined;
  /** A fault after the effect: the caller does not learn that it worked. */
  after?(operation: OperationName): Fault | undefined;
}
