import { expect, test } from '@jest/globals';
import { runAll } from '../src/index.ts';

const { signal } = new AbortController();

/** Runs until its signal aborts, and a little longer. */
const untilAborted = (ended: string[]) => async (taskSignal: AbortSignal) => {
  await new Promise((resolve) => taskSignal.addEventListener('abort', resolve));
  await new Promise(setImmediate);
  ended.push(String(taskSignal.reason));
  throw taskSignal.reason;
};

test('runAll starts all tasks at once', async () => {
  const done: number[] = [];
  const gate = Promise.withResolvers<void>();
  await runAll(signal, [
    async () => void done.push(await gate.promise.then(() => 1)),
    async () => {
      done.push(2);
      gate.resolve();
    },
  ]);
  expect(done).toEqual([2, 1]);
});

test('runAll ends with the last task, not the first', async () => {
  let isOver = false;
  const last = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    isOver = true;
  };
  await runAll(signal, [async () => undefined, last]);
  expect(isOver).toBe(true);
});

test('runAll aborts the other tasks when one fails, and rejects when they have ended', async () => {
  const ended: string[] = [];
  const fails = async () => Promise.reject(new Error('refused'));
  const tasks = [untilAborted(ended), fails, untilAborted(ended)];
  await expect(runAll(signal, tasks)).rejects.toThrow('refused');
  expect(ended).toEqual(['Error: refused', 'Error: refused']);
});

test('runAll aborts all tasks when the caller’s signal aborts', async () => {
  const ended: string[] = [];
  const caller = new AbortController();
  const run = runAll(caller.signal, [untilAborted(ended), untilAborted(ended)]);
  caller.abort(new Error('drain'));
  await expect(run).rejects.toThrow('drain');
  expect(ended).toEqual(['Error: drain', 'Error: drain']);
});

test('runAll passes an aborted signal to every task when the caller’s signal is aborted already', async () => {
  const aborted: boolean[] = [];
  const tasks = [async (taskSignal: AbortSignal) => void aborted.push(taskSignal.aborted)];
  await runAll(AbortSignal.abort(new Error('drain')), tasks);
  expect(aborted).toEqual([true]);
});
