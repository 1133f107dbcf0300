// The result of a repair in words; the job store does the repair.
import { partsText, type Repaired } from '@movie-load/jobs';
import { bytes } from './format.ts';
import type { Outcome } from './outcome.ts';

const WHY = {
  object_missing: 'The object was missing; it is written again',
  object_differs: 'The object did not match the slices; it is written again',
  not_complete: 'The object is written, and the job is COMPLETE',
} as const;

export function repairOutcome({ why, bytes: size, parts, written }: Repaired): Outcome {
  const summary = why
    ? `${WHY[why]} (${bytes(size)}${ofParts(written, parts)}).`
    : `The object is correct (${bytes(size)}); nothing was done.`;
  return { ok: true, summary, details: [] };
}

/** `; parts 2, 5 of 16`; empty for an object of one part. */
const ofParts = (written: readonly number[], parts: number): string =>
  parts === 1 || written.length === 0 ? '' : `; ${partsText(written)} of ${parts}`;
