// All invariants that the oracle checks, with a sentence each: the page shows them, and docs/simulation.md lists them.
import type { Meaning } from './invariant-meaning.ts';
import { PROCESS_INVARIANTS } from './invariants-processes.ts';
import { STORAGE_INVARIANTS } from './invariants-stored.ts';

const MEANINGS = { ...STORAGE_INVARIANTS, ...PROCESS_INVARIANTS };

export type Invariant = keyof typeof MEANINGS;

/** Every invariant by the name that a failure gives it. */
export const INVARIANTS: Readonly<Record<Invariant, Meaning>> = MEANINGS;
