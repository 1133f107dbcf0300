// The shape of every operation.

import type { DynamoDbEngine } from '../engine.ts';
import type { Input, Output } from '../input.ts';

export type Operation = (engine: DynamoDbEngine, input: Input) => Output;
export type Operations = Readonly<Record<string, Operation>>;
