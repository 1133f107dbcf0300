// The shape of every operation.

import type { Input, Output } from '../input.ts';
import type { S3State } from '../state.ts';

export type Operation = (state: S3State, input: Input, origin: string) => Output;
export type Operations = Readonly<Record<string, Operation>>;
