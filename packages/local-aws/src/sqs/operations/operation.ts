// The shape of every operation.

import type { Input, Output } from '../input.ts';
import type { SqsState } from '../state.ts';

/** The context of a call, in addition to its input. */
export interface CallContext {
  /** Scheme and host for queue URLs in the answer, e.g. `http://127.0.0.1:4566`. */
  readonly origin: string;
  /** The value of the `X-Amzn-Trace-Id` header, which becomes an attribute of sent messages. */
  readonly traceHeader?: string;
  /** The caller's `User-Agent`. */
  readonly userAgent?: string | undefined;
}

export type Operation = (state: SqsState, input: Input, call: CallContext) => Output;
export type Operations = Readonly<Record<string, Operation>>;
