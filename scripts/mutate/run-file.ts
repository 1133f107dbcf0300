// Runs a test file with Jest's own runner, jest-circus, in this process: that takes milliseconds, starting Jest a
// second.
import { addEventHandler, getState, resetState, run } from 'jest-circus';
import { undoReplacements } from './jest-globals.ts';
import { load } from './reload.ts';

export interface TestRun {
  /** The name of the test after the names of the blocks around it. */
  readonly name: string;
  readonly errors: readonly unknown[];
}

export interface TestObserver {
  shouldRun(test: TestRun): boolean;
  /** Called when the test itself begins, after everything before it. */
  started?(test: TestRun): Promise<void>;
  ended(test: TestRun): Promise<void> | void;
}

interface Block {
  readonly name: string;
  readonly parent?: Block | undefined;
}

let observer: TestObserver | undefined;
let limitMs = 0;

addEventHandler(async (event) => {
  if (event.name === 'hook_start') event.hook.timeout = limitMs;
  if (event.name === 'test_start') {
    const { test } = event;
    test.timeout = limitMs;
    if (observer?.shouldRun(testRunOf(test)) !== true) test.mode = 'skip';
  }
  if (event.name === 'test_started') await observer?.started?.(testRunOf(event.test));
  if (event.name === 'test_done') await observer?.ended(testRunOf(event.test));
});

/** Loads a test file (see `reload`) and runs the tests that the observer selects. Throws if it cannot be loaded. */
export async function runTestFile(file: string, testLimitMs: number, testObserver: TestObserver): Promise<void> {
  resetState();
  observer = testObserver;
  limitMs = testLimitMs;
  try {
    await load(file);
    await run();
    const [error] = getState().unhandledErrors;
    if (error !== undefined) throw error;
  } finally {
    undoReplacements();
    observer = undefined;
  }
}

function testRunOf(test: {
  readonly name: string;
  readonly parent: Block;
  readonly errors: readonly unknown[];
}): TestRun {
  const names = [test.name];
  for (let block: Block | undefined = test.parent; block?.parent !== undefined; block = block.parent)
    names.unshift(block.name);
  // Circus keeps some errors as pairs: the thrown error and where the test was defined.
  return { name: names.join(' › '), errors: test.errors.map((error) => (Array.isArray(error) ? error[0] : error)) };
}
