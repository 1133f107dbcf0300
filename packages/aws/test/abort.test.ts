// Waiting until a signal aborts, and tasks that run concurrently.
import { describe, expect, test } from '@jest/globals';
import { abortable, runAll } from '../src/index.ts';

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

describe('abortable', () => {
  test('gives the result, the failure, or the signal’s reason', async () => {
    const stop = new AbortController();
    expect(await abortable(Promise.resolve(1))).toBe(1);
    expect(await abortable(Promise.resolve(1), stop.signal)).toBe(1);
    await expect(abortable(Promise.reject(new Error('no')), stop.signal)).rejects.toThrow('no');
    const waiting = abortable(new Promise(() => undefined), stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(abortable(Promise.resolve(1), stop.signal)).rejects.toThrow('stopped');
  });

  test('listens to the signal only while it waits', async () => {
    let added = 0;
    let removed = 0;
    const signal = {
      throwIfAborted: () => undefined,
      addEventListener: () => {
        added += 1;
      },
      removeEventListener: () => {
        removed += 1;
      },
    } as unknown as AbortSignal;
    const gate = Promise.withResolvers<void>();
    const waiting = abortable(gate.promise, signal);
    expect([added, removed]).toEqual([1, 0]);
    gate.resolve();
    await waiting;
    expect([added, removed]).toEqual([1, 1]);
  });
});
