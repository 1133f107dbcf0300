// The shape of every operation.

import type { S3Engine } from '../engine.ts';
import type { Input, Output } from '../input.ts';

export type Operation = (engine: S3Engine, input: Input, origin: string) => Output;
export type Operations = Readonly<Record<string, Operation>>;
