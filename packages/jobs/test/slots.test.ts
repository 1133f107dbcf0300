// Slots under failures: none is lost or used twice when work fails or is aborted.
import { expect, test } from '@jest/globals';
import { createSlots } from '../src/slots.ts';

const neverAborted = () => new AbortController().signal;
const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

/** Work that ends when the test ends it; `started` names the work that has begun. */
function controlledWork(slots: ReturnType<typeof createSlots>) {
  const started: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    started,
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(`${name} failed`)),
    run(name: string, signal = neverAborted()) {
      const end = Promise.withResolvers<string>();
      ends.set(name, end);
      return slots.run(signal, async () => {
        started.push(name);
        return end.promise;
      });
    },
  };
}

test('work runs in as many slots as there are, in the order of the calls', async () => {
  const { run, started, end } = controlledWork(createSlots(2));
  const all = ['a', 'b', 'c', 'd'].map((name) => run(name));
  await turns();
  expect(started).toEqual(['a', 'b']);
  end('b');
  await turns();
  expect(started).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) end(name);
  await turns();
  end('d');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

test('work that fails, also synchronously, leaves its slot to the next', async () => {
  const slots = createSlots(1);
  const { run, started, fail, end } = controlledWork(slots);
  const first = run('a');
  const second = run('b');
  await turns();
  fail('a');
  await expect(first).rejects.toThrow('a failed');
  await turns();
  expect(started).toEqual(['a', 'b']);
  end('b');
  await second;
  const atOnce = slots.run(neverAborted(), () => {
    throw new Error('at once');
  });
  await expect(atOnce).rejects.toThrow('at once');
  const third = run('c');
  end('c');
  expect(await third).toBe('c');
});

test('work whose signal aborts while it waits does not begin, and uses no slot', async () => {
  const { run, started, end } = controlledWork(createSlots(1));
  const aborted = AbortSignal.abort(new Error('before'));
  await expect(run('early', aborted)).rejects.toThrow('before');
  const first = run('a');
  const leaving = new AbortController();
  const waiting = run('left', leaving.signal);
  const last = run('b');
  await turns();
  leaving.abort(new Error('while waiting'));
  await expect(waiting).rejects.toThrow('while waiting');
  end('a');
  await turns();
  expect(started).toEqual(['a', 'b']);
  end('b');
  await Promise.all([first, last]);
});

test('work whose signal aborts just before or after it gets its slot leaves the slot to the next', async () => {
  const results: string[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const { run, started, end } = controlledWork(createSlots(1));
    const first = run('a');
    const leaving = new AbortController();
    const waiting = run('left', leaving.signal).catch(() => 'aborted');
    const last = run('b');
    await turns();
    end('a');
    for (let passed = 0; passed < turn; passed += 1) await Promise.resolve();
    leaving.abort();
    await turns();
    end('left');
    end('b');
    results.push(await waiting);
    expect(await Promise.all([first, last])).toEqual(['a', 'b']);
    expect(started).toEqual(results[turn] === 'left' ? ['a', 'left', 'b'] : ['a', 'b']);
  }
  // The abort came early enough in the first turns, and too late in the last ones.
  expect([results.at(0), results.at(-1)]).toEqual(['aborted', 'left']);
});

test('waiting work wakes once for each slot that becomes free', async () => {
  const { run, started, end } = controlledWork(createSlots(1));
  let waits = 0;
  const signal = neverAborted();
  const listen = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof listen>) => {
    waits += 1;
    if (waits > 10) throw new Error('woken without a free slot');
    listen(...args);
  };
  const all = [run('a'), run('b'), run('c', signal)];
  await turns();
  expect([started, waits]).toEqual([['a'], 1]);
  end('a');
  await turns();
  // `c` was woken too, but `b` came before it.
  expect([started, waits]).toEqual([['a', 'b'], 2]);
  await new Promise(setImmediate);
  expect(waits).toBe(2);
  end('b');
  await turns();
  end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});
