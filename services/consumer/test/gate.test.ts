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
    const gate = createGate({ pollers: 8, budgetBytes: 1000 });
    const pollers = await enterAll(gate, 8);
    expect(await pollers.entered()).toBe(1);
    gate.received(0, 0);
    expect(await pollers.entered()).toBe(2);
    expect(gate.receiving).toBe(1);
  });

  test('doubles with each full receive, up to half of the pollers, and falls back to one when one comes back empty', async () => {
    const gate = createGate({ pollers: 8, budgetBytes: 1_000_000 });
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
    const gate = createGate({ pollers: 8, budgetBytes: 1000 });
    await enterAll(gate, 8);
    gate.received(3, 3);
    expect(gate.allowed).toBe(1);
  });

  test('holds back while bodies fill the memory budget, but always lets one run', async () => {
    const gate = createGate({ pollers: 8, budgetBytes: 100 });
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

  test('lets nobody in once closed', async () => {
    const gate = createGate({ pollers: 8, budgetBytes: 100 });
    gate.close();
    const pollers = await enterAll(gate, 3);
    expect(await pollers.entered()).toBe(0);
  });
});
