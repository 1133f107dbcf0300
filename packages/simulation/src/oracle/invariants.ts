// Every promise that the oracle checks, in a sentence each: the page shows them, and docs/simulation.md lists them.
import type { Meaning } from './invariant-meaning.ts';
import { OF_PROCESSES } from './invariants-processes.ts';
import { OF_WHAT_IS_STORED } from './invariants-stored.ts';

const MEANINGS = { ...OF_WHAT_IS_STORED, ...OF_PROCESSES };

export type Invariant = keyof typeof MEANINGS;

/** Every invariant by the name that a failure gives it. */
export const INVARIANTS: Readonly<Record<Invariant, Meaning>> = MEANINGS;
