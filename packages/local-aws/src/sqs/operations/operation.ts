// The shape of every operation.

import type { SqsEngine } from '../engine.ts';
import type { Input, Output } from '../input.ts';

export type Operation = (engine: SqsEngine, input: Input, origin: string) => Output;
export type Operations = Readonly<Record<string, Operation>>;
