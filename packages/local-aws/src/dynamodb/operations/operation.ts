// The type of all operations.

import type { Input, Output } from '../input.ts';
import type { DynamoDbState } from '../state.ts';

export type Operation = (state: DynamoDbState, input: Input) => Output;
export type Operations = Readonly<Record<string, Operation>>;
