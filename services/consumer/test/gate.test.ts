import { describe, expect, test } from '@jest/globals';
import { createGate } from '../src/gate.ts';

/** Counts who has entered. */
async function enterAll(gate: ReturnType<typeof createGate>, count: number) {
  let entered = 0;
  for (let index = 0; index < count; index++) {
    void gate.enter().then(() => {
      entered++;
    });
  }
  await Promise.resolve();
  return {
    entered: async () => {
      await new Promise(setImmediate);
      return entered;
    },
  };
}

describe('the gate', () => {
  test('allows one receive at a time while the queue is empty', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    const pollers = await enterAll(gate, 8);
    expect(await pollers.entered()).toBe(1);
    gate.received(0, 0);
    expect(await pollers.entered()).toBe(2);
    expect(gate.receiving).toBe(1);
  });

  test('doubles the receives with each full one, up to half of the pollers, and returns to one with an empty one', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1_000_000 });
    const pollers = await enterAll(gate, 20);
    gate.received(10, 10);
    expect(gate.receiving).toBe(2);
    gate.received(10, 10);
    expect(gate.receiving).toBe(4);
    gate.received(10, 10);
    expect(gate.receiving).toBe(4);
    gate.received(0, 0);
    expect([gate.receiving, gate.allowed]).toEqual([3, 1]);
    for (let still = 0; still < 3; still++) gate.received(0, 0);
    expect(gate.receiving).toBe(1);
    expect(await pollers.entered()).toBeGreaterThan(4);
  });

  test('keeps the number of receives while they are partly filled', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    await enterAll(gate, 8);
    gate.received(3, 3);
    expect(gate.allowed).toBe(1);
    gate.received(10, 10);
    gate.received(3, 3);
    expect([gate.allowed, gate.receiving]).toEqual([2, 2]);
  });

  test('admits no receive while bodies fill the memory budget, but always one while there are none', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 100 });
    await enterAll(gate, 8);
    gate.received(10, 80);
    expect(gate.receiving).toBe(0);
    gate.handled(80);
    expect(gate.receiving).toBe(1);
    gate.received(10, 500);
    expect(gate.receiving).toBe(0);
    gate.handled(500);
    expect(gate.receiving).toBe(1);
  });

  test('admits no receive while a breaker is open, also when it opens while one waits for its slot', async () => {
    let closed: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();
    const breaker = {
      get open() {
        return closed !== undefined;
      },
      whenClosed: async () => closed?.promise,
    };
    const close = () => {
      closed?.resolve();
      closed = undefined;
    };
    const gate = createGate({ pollers: 8, budgetCharacters: 1000, breakers: [breaker] });
    const pollers = await enterAll(gate, 2);
    expect(await pollers.entered()).toBe(0);
    expect(gate.receiving).toBe(0);
    close();
    expect(await pollers.entered()).toBe(1);
    closed = Promise.withResolvers<void>();
    gate.failed();
    expect(await pollers.entered()).toBe(1);
    expect(gate.receiving).toBe(0);
    close();
    expect(await pollers.entered()).toBe(2);
    expect(gate.receiving).toBe(1);
  });

  test('admits no receive once closed', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 100 });
    gate.close();
    const pollers = await enterAll(gate, 3);
    expect(await pollers.entered()).toBe(0);

    const other = createGate({ pollers: 8, budgetCharacters: 100 });
    const waiting = await enterAll(other, 3);
    other.close();
    other.received(3, 0);
    expect(await waiting.entered()).toBe(1);
  });

  test('counts a receive as full from eight messages', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    await enterAll(gate, 8);
    gate.received(7, 0);
    expect(gate.allowed).toBe(1);
    gate.received(8, 0);
    expect(gate.allowed).toBe(2);
  });

  test.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 3],
    [8, 4],
  ])('of %d pollers admits %d at once', async (pollers, most) => {
    const gate = createGate({ pollers, budgetCharacters: 1000 });
    await enterAll(gate, 20);
    for (let time = 0; time < 5; time++) gate.received(10, 0);
    expect([gate.allowed, gate.receiving]).toEqual([most, most]);
  });

  test('reserves exactly the characters of the last receives', async () => {
    const receivingOf = async (budgetCharacters: number) => {
      const gate = createGate({ pollers: 8, budgetCharacters });
      await enterAll(gate, 8);
      gate.received(10, 100);
      // 100 characters are in the process, and each receive in flight may return 100.
      return gate.receiving;
    };
    expect(await receivingOf(300)).toBe(2);
    expect(await receivingOf(299)).toBe(1);
    expect(await receivingOf(200)).toBe(1);
    expect(await receivingOf(199)).toBe(0);
  });

  test('counts characters exactly until each receive is handled', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 199 });
    await enterAll(gate, 20);
    gate.received(10, 50);
    gate.received(10, 50);
    // 100 held: one may bring 50 more, two may not.
    expect([gate.allowed, gate.receiving]).toEqual([4, 1]);
    gate.handled(50);
    // 50 and 2 × 50, but not 3 × 50.
    expect(gate.receiving).toBe(2);
    gate.handled(50);
    expect(gate.receiving).toBe(3);
  });

  test.each([
    [0, 100],
    [1, 90],
    [2, 81],
    [3, 72],
    [4, 64],
  ])('%i receives after a large one of 100 characters expects %i: each time a tenth less', async (later, size) => {
    const receivingOf = async (budgetCharacters: number) => {
      const gate = createGate({ pollers: 8, budgetCharacters });
      await enterAll(gate, 20);
      gate.received(10, 100);
      gate.handled(100);
      for (let count = 0; count < later; count++) gate.received(8, 0);
      return gate.receiving;
    };
    expect([await receivingOf(2 * size), await receivingOf(2 * size - 1)]).toEqual([2, 1]);
  });

  test('admits pollers in the order of their arrival', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    const entered: number[] = [];
    for (let poller = 0; poller < 4; poller++) void gate.enter().then(() => entered.push(poller));
    for (let time = 0; time < 4; time++) {
      await new Promise(setImmediate);
      gate.received(3, 0);
    }
    expect(entered).toEqual([0, 1, 2, 3]);
  });

  test('passes the slot of a failed receive to the next', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    const pollers = await enterAll(gate, 3);
    for (const entered of [1, 2, 3]) {
      expect(await pollers.entered()).toBe(entered);
      expect(gate.receiving).toBe(1);
      gate.failed();
    }
    expect(gate.receiving).toBe(0);
  });

  describe('with breakers', () => {
    /** Throws when it is called a thousand times, because a caller must wait instead of calling repeatedly. */
    function fakeBreaker(isOpen: boolean) {
      let closed = isOpen ? Promise.withResolvers<void>() : undefined;
      let whenClosedCalls = 0;
      const signals: (AbortSignal | undefined)[] = [];
      return {
        signals,
        get open() {
          whenClosedCalls += 1;
          if (whenClosedCalls > 1000) throw new Error('whenClosed is called without end');
          return closed !== undefined;
        },
        whenClosed: async (signal?: AbortSignal) => {
          signals.push(signal);
          await closed?.promise;
          signal?.throwIfAborted();
        },
        openAgain: () => {
          closed = Promise.withResolvers();
        },
        close: () => {
          closed?.resolve();
          closed = undefined;
        },
      };
    }

    test('waits for all of them, each once', async () => {
      const [first, second] = [fakeBreaker(true), fakeBreaker(true)];
      const gate = createGate({ pollers: 8, budgetCharacters: 1000, breakers: [first, second] });
      const pollers = await enterAll(gate, 2);
      first.close();
      expect(await pollers.entered()).toBe(0);
      second.close();
      expect(await pollers.entered()).toBe(1);
      expect(gate.receiving).toBe(1);
      // Of both pollers, although the second one has no slot yet.
      expect([first.signals.length, second.signals.length]).toEqual([2, 2]);
    });

    test('releases its slot if one of several opened meanwhile, and waits for that one', async () => {
      for (const opened of [0, 1]) {
        const breakers = [fakeBreaker(false), fakeBreaker(false)];
        const gate = createGate({ pollers: 8, budgetCharacters: 1000, breakers });
        const pollers = await enterAll(gate, 2);
        expect(await pollers.entered()).toBe(1);
        breakers[opened]?.openAgain();
        gate.received(3, 0);
        expect(await pollers.entered()).toBe(1);
        expect(gate.receiving).toBe(0);
        breakers[opened]?.close();
        expect(await pollers.entered()).toBe(2);
        expect(gate.receiving).toBe(1);
      }
    });

    test('ends with the signal while it waits for one', async () => {
      const breaker = fakeBreaker(true);
      const gate = createGate({ pollers: 8, budgetCharacters: 1000, breakers: [breaker] });
      const stop = new AbortController();
      const entering = gate.enter(stop.signal);
      stop.abort(new Error('the process ends'));
      breaker.close();
      await expect(entering).rejects.toThrow('the process ends');
      expect(breaker.signals).toEqual([stop.signal]);
      expect(gate.receiving).toBe(0);
    });
  });
});
