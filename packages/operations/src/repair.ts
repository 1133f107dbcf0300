// The result of a repair as text for people. The job store repairs.
import { partsText, type RepairResult } from '@movie-load/jobs';
import { formatBytes } from './format.ts';
import type { Outcome } from './outcome.ts';

const WHY_TEXTS = {
  object_missing: 'The object was missing; it is written again',
  object_differs: 'The object did not match the slices; it is written again',
  not_complete: 'The object is written, and the job is COMPLETE',
} as const;

export function repairOutcome({ why, bytes: size, parts, written }: RepairResult): Outcome {
  const summary = why
    ? `${WHY_TEXTS[why]} (${formatBytes(size)}${partsSuffix(written, parts)}).`
    : `The object is correct (${formatBytes(size)}); nothing was done.`;
  return { ok: true, summary, details: [] };
}

/** `; parts 2, 5 of 16`; empty for an object of one part. */
const partsSuffix = (written: readonly number[], parts: number): string =>
  parts === 1 || written.length === 0 ? '' : `; ${partsText(written)} of ${parts}`;
