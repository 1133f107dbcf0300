// Tests that wait for other programs for most of their time: some run at once, and Jest shows each one's outcome.
import { beforeAll, test } from '@jest/globals';

export interface SideBySideOptions {
  readonly atOnce: number;
  /** Of each test; it may wait for those before it. */
  readonly timeoutMs: number;
}

/**
 * What declares such tests of a `describe`. They must not get in each other's way, and begin after its `beforeAll`.
 *
 * @example
 *     const test = sideBySide({ atOnce: 3, timeoutMs: 300_000 });
 *     test('lists queues', async () => { … });
 */
export function sideBySide({ atOnce, timeoutMs }: SideBySideOptions) {
  const declared: { readonly run: () => Promise<void>; readonly outcome: PromiseWithResolvers<void> }[] = [];
  beforeAll(() => {
    const waiting = declared.values();
    const worker = async () => {
      for (const { run, outcome } of waiting) await run().then(outcome.resolve, outcome.reject);
    };
    for (let count = 0; count < atOnce; count += 1) void worker();
  });
  return (name: string, run: () => Promise<void>): void => {
    const outcome = Promise.withResolvers<void>();
    // Jest hears of it when it comes to this test; until then it is not an unhandled rejection.
    outcome.promise.catch(() => undefined);
    declared.push({ run, outcome });
    test(name, () => outcome.promise, timeoutMs);
  };
}
