// Runs a test file with Jest's own runner, jest-circus, in this process: that takes milliseconds, starting Jest a
// second.
import { addEventHandler, getState, resetState, run } from 'jest-circus';
import { undoReplacements } from './jest-globals.ts';
import { load } from './reload.ts';

export interface FileRun {
  /** With the names of the blocks around it. */
  readonly name: string;
  readonly errors: readonly unknown[];
}

export interface Observer {
  wants(test: FileRun): boolean;
  /** Called when the test itself begins, after everything before it. */
  started?(test: FileRun): Promise<void>;
  ended(test: FileRun): Promise<void> | void;
}

interface Block {
  readonly name: string;
  readonly parent?: Block | undefined;
}

let observer: Observer | undefined;
let limitMs = 0;

addEventHandler(async (event) => {
  if (event.name === 'hook_start') event.hook.timeout = limitMs;
  if (event.name === 'test_start') {
    const { test } = event;
    test.timeout = limitMs;
    if (observer?.wants(seen(test)) !== true) test.mode = 'skip';
  }
  if (event.name === 'test_started') await observer?.started?.(seen(event.test));
  if (event.name === 'test_done') await observer?.ended(seen(event.test));
});

/** Loads a test file (see `reload`) and runs the tests that the observer selects. Throws if it cannot be loaded. */
export async function runTestFile(file: string, testLimitMs: number, observing: Observer): Promise<void> {
  resetState();
  observer = observing;
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

function seen(test: { readonly name: string; readonly parent: Block; readonly errors: readonly unknown[] }): FileRun {
  const names = [test.name];
  for (let block: Block | undefined = test.parent; block?.parent !== undefined; block = block.parent)
    names.unshift(block.name);
  // Circus keeps pairs of the thrown error and its place.
  return { name: names.join(' › '), errors: test.errors.map((error) => (Array.isArray(error) ? error[0] : error)) };
}
