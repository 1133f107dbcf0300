// How long to wait before trying again.
import type { Random } from './ports.ts';

/**
 * "Full jitter" (AWS Architecture Blog, "Exponential Backoff And Jitter"): uniform between 0 and
 * `baseMs · 2^(attempt − 1)`, at most `capMs`. `attempt` is 1 after the first failure.
 */
export function fullJitter(random: Random, attempt: number, baseMs: number, capMs: number): number {
  return random.next() * Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
}
