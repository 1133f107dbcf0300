// Replaces `@jest/globals` in a worker: Jest's own parts without a running Jest.
import { createRequire } from 'node:module';

export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';

// Resolved from jest-circus, because its dependencies are not ours.
const requireFromCircus = createRequire(import.meta.resolve('jest-circus'));
const requireFromEnvironment = createRequire(requireFromCircus.resolve('@jest/environment'));
const { ModuleMocker } = requireFromEnvironment('jest-mock');
const { ModernFakeTimers } = requireFromEnvironment('@jest/fake-timers');

const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });

/** The members of Jest's `jest` object that our tests use. */
export const jest = {
  advanceTimersByTime: (ms: number): void => timers.advanceTimersByTime(ms),
  advanceTimersByTimeAsync: (ms: number): Promise<void> => timers.advanceTimersByTimeAsync(ms),
  fn: mocker.fn.bind(mocker),
  getTimerCount: (): number => timers.getTimerCount(),
  replaceProperty: mocker.replaceProperty.bind(mocker),
  restoreAllMocks: (): void => mocker.restoreAllMocks(),
  spyOn: mocker.spyOn.bind(mocker),
  useFakeTimers: (config?: object): void => timers.useFakeTimers(config),
  useRealTimers: (): void => timers.useRealTimers(),
};

/** Restores replacements: a test that fails because of a mistake may end before restoring them. */
export function undoReplacements(): void {
  jest.useRealTimers();
  jest.restoreAllMocks();
}
