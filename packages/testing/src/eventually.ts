// Waits for an effect instead of sleeping.
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
/** Shorter than the time limit of a test, so that the error says what was waited for. */
const DEADLINE_MS = 300_000;

/**
 * Calls `probe` until it returns a value that is not undefined, null or false. Throws after the deadline with `what`,
 * and the last error as its cause.
 *
 * @param withinMs a generous deadline, because the machine may be busy
 * @example await eventually('the job is COMPLETE', async () => (await jobs.job(id))?.status === 'COMPLETE');
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  withinMs = DEADLINE_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== null && result !== false) return result;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1000} s without success: ${what}`, { cause });
    await delay(POLL_MS);
  }
}
