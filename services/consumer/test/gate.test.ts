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
  test('lets one receive at a time while the queue gives nothing', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    const pollers = await enterAll(gate, 8);
    expect(await pollers.entered()).toBe(1);
    gate.received(0, 0);
    expect(await pollers.entered()).toBe(2);
    expect(gate.receiving).toBe(1);
  });

  test('doubles with each full receive, up to half of the pollers, and falls back to one when one comes back empty', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1_000_000 });
    const pollers = await enterAll(gate, 20);
    gate.received(10, 10);
    expect(gate.receiving).toBe(2);
    gate.received(10, 10);
    expect(gate.receiving).toBe(4);
    gate.received(10, 10);
    expect(gate.receiving).toBe(4);
    gate.received(0, 0);
    expect(gate.receiving).toBe(3);
    for (let still = 0; still < 3; still++) gate.received(0, 0);
    expect(gate.receiving).toBe(1);
    expect(await pollers.entered()).toBeGreaterThan(4);
  });

  test('keeps as many as there are when receives are partly filled: more would not be fuller', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 1000 });
    await enterAll(gate, 8);
    gate.received(3, 3);
    expect(gate.allowed).toBe(1);
  });

  test('holds back while bodies fill the memory budget, but always lets one run', async () => {
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

  test('lets no receive begin while a breaker is open, also when it opens while one waits for its slot', async () => {
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

  test('lets no receive begin once closed', async () => {
    const gate = createGate({ pollers: 8, budgetCharacters: 100 });
    gate.close();
    const pollers = await enterAll(gate, 3);
    expect(await pollers.entered()).toBe(0);
  });
});
