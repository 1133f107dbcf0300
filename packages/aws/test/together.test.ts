import { expect, test } from '@jest/globals';
import { together } from '../src/index.ts';

const { signal } = new AbortController();

/** Runs until its signal aborts, and a little longer. */
const untilAborted = (ended: string[]) => async (own: AbortSignal) => {
  await new Promise((resolve) => own.addEventListener('abort', resolve));
  await new Promise(setImmediate);
  ended.push(String(own.reason));
  throw own.reason;
};

test('together starts all works at once', async () => {
  const done: number[] = [];
  const gate = Promise.withResolvers<void>();
  await together(signal, [
    async () => void done.push(await gate.promise.then(() => 1)),
    async () => {
      done.push(2);
      gate.resolve();
    },
  ]);
  expect(done).toEqual([2, 1]);
});

test('together ends with the last work, not the first', async () => {
  let isOver = false;
  const last = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    isOver = true;
  };
  await together(signal, [async () => undefined, last]);
  expect(isOver).toBe(true);
});

test('together aborts the other works when one fails, and rejects when they have ended', async () => {
  const ended: string[] = [];
  const fails = async () => Promise.reject(new Error('refused'));
  const works = [untilAborted(ended), fails, untilAborted(ended)];
  await expect(together(signal, works)).rejects.toThrow('refused');
  expect(ended).toEqual(['Error: refused', 'Error: refused']);
});

test('together aborts all works when the caller’s signal aborts', async () => {
  const ended: string[] = [];
  const caller = new AbortController();
  const working = together(caller.signal, [untilAborted(ended), untilAborted(ended)]);
  caller.abort(new Error('drain'));
  await expect(working).rejects.toThrow('drain');
  expect(ended).toEqual(['Error: drain', 'Error: drain']);
});

test('together passes an aborted signal to every work when the caller’s signal is aborted already', async () => {
  const seen: boolean[] = [];
  const works = [async (own: AbortSignal) => void seen.push(own.aborted)];
  await together(AbortSignal.abort(new Error('drain')), works);
  expect(seen).toEqual([true]);
});
