import { expect, test } from '@jest/globals';
import { together } from '../src/index.ts';

const { signal } = new AbortController();

/** Goes on until its signal aborts, and a little longer. */
const untilAborted = (ended: string[]) => async (own: AbortSignal) => {
  await new Promise((resolve) => own.addEventListener('abort', resolve));
  await new Promise(setImmediate);
  ended.push(String(own.reason));
  throw own.reason;
};

test('all works are done at once', async () => {
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

test('is over when the last one is, not the first', async () => {
  let isOver = false;
  const last = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    isOver = true;
  };
  await together(signal, [async () => undefined, last]);
  expect(isOver).toBe(true);
});

test('one that fails ends the others, and the caller hears of it when they have ended', async () => {
  const ended: string[] = [];
  const fails = async () => Promise.reject(new Error('refused'));
  const works = [untilAborted(ended), fails, untilAborted(ended)];
  await expect(together(signal, works)).rejects.toThrow('refused');
  expect(ended).toEqual(['Error: refused', 'Error: refused']);
});

test('the caller’s signal ends them all', async () => {
  const ended: string[] = [];
  const caller = new AbortController();
  const working = together(caller.signal, [untilAborted(ended), untilAborted(ended)]);
  caller.abort(new Error('drain'));
  await expect(working).rejects.toThrow('drain');
  expect(ended).toEqual(['Error: drain', 'Error: drain']);
});

test('none begins to wait that the caller has ended before', async () => {
  const seen: boolean[] = [];
  const works = [async (own: AbortSignal) => void seen.push(own.aborted)];
  await together(AbortSignal.abort(new Error('drain')), works);
  expect(seen).toEqual([true]);
});
