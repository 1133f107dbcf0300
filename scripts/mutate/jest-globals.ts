// What `@jest/globals` is inside a worker: Jest's own parts, without a Jest around them.
import { createRequire } from 'node:module';

export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';

// As jest-circus itself finds them: its dependencies are not ours.
const ofCircus = createRequire(import.meta.resolve('jest-circus'));
const ofEnvironment = createRequire(ofCircus.resolve('@jest/environment'));
const { ModuleMocker } = ofEnvironment('jest-mock');
const { ModernFakeTimers } = ofEnvironment('@jest/fake-timers');

const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });

/** As much of it as tests use. */
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

/** A test that a mistake breaks may end before it undoes what it replaced. */
export function undoReplacements(): void {
  jest.useRealTimers();
  jest.restoreAllMocks();
}
