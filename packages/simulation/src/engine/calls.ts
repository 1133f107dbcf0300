// The network's events of a call: when it is made, when it takes effect, when its caller gets the answer.
import type { Service } from './backend.ts';
import type { Round } from './batches.ts';
import type { FaultKind } from './faults.ts';
import type { SimProcess } from './process.ts';

/** A call at the moment when it is made. */
export interface StartedCall {
  readonly process: SimProcess;
  /** Names the call, e.g. `consumer-1.1|dynamodb:UpdateItem|3`: the process's third call of that operation. */
  readonly site: string;
  readonly operation: string;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
}

/** A call at the moment when its caller gets the answer; `output` is undefined when it failed. */
export interface AnsweredCall {
  readonly process: SimProcess;
  readonly site: string;
  readonly operation: string;
  readonly input: object;
  readonly output: object | undefined;
}

/** A call of a batch that is in trouble. */
export interface TroubledCall {
  readonly process: SimProcess;
  readonly operation: string;
  readonly round: Round;
  /** The fault of the call as a whole. */
  readonly fault: FaultKind | undefined;
}

/** A call that took effect. */
export interface Effect {
  readonly process: SimProcess;
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
  readonly output: object;
}
