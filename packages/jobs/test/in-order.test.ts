import { expect, test } from '@jest/globals';
import { readInOrder } from '../src/slice-pages.ts';
import { never } from './support.ts';

async function* numbers(from: number, ended: number[]): AsyncGenerator<number> {
  try {
    for (let value = from; value < from + 3; value += 1) {
      await new Promise(setImmediate);
      yield value;
    }
  } finally {
    ended.push(from);
  }
}

async function* broken(): AsyncGenerator<number> {
  await Promise.reject(new Error('the first source fails'));
  yield 0;
}

async function collect(values: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test('readInOrder yields the sources one after the other, however many are read ahead', async () => {
  for (const width of [1, 2, 5]) {
    const ended: number[] = [];
    const sources = [10, 20, 30].map((from) => numbers(from, ended)).values();
    expect(await collect(readInOrder(width, never(), () => sources))).toEqual([10, 11, 12, 20, 21, 22, 30, 31, 32]);
    expect(ended).toEqual([10, 20, 30]);
  }
});

test('an error of one source ends those that are read ahead before the caller gets it', async () => {
  const ended: number[] = [];
  const sources = [broken(), numbers(10, ended), numbers(20, ended), numbers(30, ended)].values();
  await expect(collect(readInOrder(3, never(), () => sources))).rejects.toThrow('the first source fails');
  expect(ended.sort()).toEqual([10, 20]);
});

test('a caller that stops early ends the sources that are read ahead', async () => {
  const ended: number[] = [];
  const sources = [10, 20, 30].map((from) => numbers(from, ended)).values();
  for await (const value of readInOrder(2, never(), () => sources)) if (value === 11) break;
  expect(ended.sort()).toEqual([10, 20]);
});

test.each(['the caller’s signal', 'a reader that stops'])('%s aborts the sources’ signal', async (by) => {
  const caller = new AbortController();
  const aborted: boolean[] = [];
  async function* waiting(signal: AbortSignal): AsyncGenerator<number> {
    yield 1;
    const { promise, reject } = Promise.withResolvers<number>();
    signal.addEventListener('abort', () => {
      aborted.push(true);
      reject(new Error('aborted'));
    });
    yield await promise;
  }
  const values = readInOrder(2, caller.signal, (signal) => [waiting(signal), waiting(signal)].values());
  expect((await values.next()).value).toBe(1);
  await new Promise(setImmediate);
  if (by === 'the caller’s signal') {
    caller.abort();
    expect(aborted).toEqual([true]);
  }
  // Without its signal a source would wait for ever.
  await values.return(undefined);
  expect(aborted).toEqual([true]);
});
