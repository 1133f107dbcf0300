// Errors of AWS, and a policy whose waits take no time.
import { longestWaits } from '@movie-load/testing';
import type { CallPolicy, Retry } from '../src/index.ts';

/** An error in AWS's form. */
export const aws = (name: string, $fault: 'client' | 'server' = 'client') =>
  Object.assign(new Error(name), { name, $fault });

/** A clock on which sleeping takes no time. */
const instantly = { now: () => 0, sleep: async (_ms: number, signal?: AbortSignal) => signal?.throwIfAborted() };

export function policyOf(extra: Partial<CallPolicy> = {}) {
  const retries: Retry[] = [];
  const policy: CallPolicy = {
    clock: instantly,
    random: longestWaits,
    maxAttempts: Number.POSITIVE_INFINITY,
    onRetry: (retry) => retries.push(retry),
    ...extra,
  };
  return { policy, retries };
}
