// What a repair did, in words; the work is the job store's.
import type { Repaired } from '@movie-load/jobs';
import { bytes } from './format.ts';
import type { Outcome } from './outcome.ts';

const WHY = {
  object_missing: 'The object was missing; it is written again',
  object_differs: 'The object was not what the slices make; it is written again',
  not_complete: 'The object is written, and the job is COMPLETE',
} as const;

export function repairOutcome({ why, bytes: size }: Repaired): Outcome {
  const summary = why
    ? `${WHY[why]} (${bytes(size)}).`
    : `The object is as it should be (${bytes(size)}); nothing was done.`;
  return { ok: true, summary, details: [] };
}
