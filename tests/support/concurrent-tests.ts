// Tests that mostly wait for other programs: some run concurrently, and Jest shows the outcome of each.
import { beforeAll, test } from '@jest/globals';

export interface ConcurrentTestsOptions {
  readonly atOnce: number;
}

/**
 * Returns a function that declares such tests of a `describe`. They must be independent, and begin after its
 * `beforeAll`.
 *
 * @example
 *     const test = concurrentTests({ atOnce: 3 });
 *     test('lists queues', async () => { … });
 */
export function concurrentTests({ atOnce }: ConcurrentTestsOptions) {
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
    // Jest awaits the promise when it reaches this test; until then a failure must not be an unhandled rejection.
    outcome.promise.catch(() => undefined);
    declared.push({ run, outcome });
    test(name, () => outcome.promise);
  };
}
