// What a repair did, in words; the work is the job store's.
import type { Repaired } from '@movie-load/jobs';
import { bytes } from './format.ts';
import type { Outcome } from './outcome.ts';

const WHY = {
  object_missing: 'The object was missing; it is written again',
  object_differs: 'The object was not what the slices make; it is written again',
  not_complete: 'The object is written, and the job is COMPLETE',
} as const;

export function repairOutcome({ why, bytes: size, parts, written }: Repaired): Outcome {
  const summary = why
    ? `${WHY[why]} (${bytes(size)}${partsText(written, parts)}).`
    : `The object is as it should be (${bytes(size)}); nothing was done.`;
  return { ok: true, summary, details: [] };
}

const SHOWN_PARTS = 10;

/** `; parts 2, 5 of 16`; nothing for an object of one part. */
function partsText(written: readonly number[], parts: number): string {
  if (parts === 1 || written.length === 0) return '';
  const more = written.length > SHOWN_PARTS ? `, … (${written.length})` : '';
  return `; part${written.length === 1 ? '' : 's'} ${written.slice(0, SHOWN_PARTS).join(', ')}${more} of ${parts}`;
}
