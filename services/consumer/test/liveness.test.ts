import { describe, expect, test } from '@jest/globals';
import { livenessOf } from '../src/liveness.ts';
import type { PollerStatus } from '../src/poller.ts';

const facts = (pollerStatuses: PollerStatus[], extra = {}) => ({
  now: 100_000,
  pollerStatuses,
  lastReceive: 90_000,
  heartbeatOverdueMs: 0,
  isPaused: false,
  ...extra,
});

describe('liveness', () => {
  test('accepts a long poll and a long store', () => {
    const life = livenessOf(
      facts([
        { state: 'receiving', since: 80_000 },
        { state: 'handling', since: 0 },
        { state: 'waiting', since: 0 },
      ]),
    );
    expect(life).toMatchObject({ ok: true, last_receive_age_ms: 10_000, problems: [] });
    expect(life.pollers).toEqual({ waiting: 1, receiving: 1, handling: 1 });
  });

  test('reports a poller that has been receiving for longer than a long poll can take', () => {
    expect(livenessOf(facts([{ state: 'receiving', since: 100_000 - 59_000 }])).ok).toBe(false);
  });

  test('reports pollers that all wait, unless a breaker holds them back', () => {
    const pollerStatuses: PollerStatus[] = [{ state: 'waiting', since: 41_000 }];
    expect(livenessOf(facts(pollerStatuses)).ok).toBe(false);
    expect(livenessOf(facts(pollerStatuses, { isPaused: true })).ok).toBe(true);
  });

  test('reports a late heartbeat', () => {
    expect(livenessOf(facts([], { heartbeatOverdueMs: 31_000 })).problems).toEqual(['the heartbeat is late']);
  });

  test('accepts a process that has not received yet', () => {
    expect(livenessOf(facts([], { lastReceive: undefined }))).toMatchObject({ ok: true, last_receive_age_ms: null });
  });

  test('is lost just beyond its limits: 45 s of receiving or of waiting, 30 s of a late heartbeat', () => {
    const receiving = (ms: number) => livenessOf(facts([{ state: 'receiving', since: 100_000 - ms }])).ok;
    const waiting = (ms: number) => livenessOf(facts([{ state: 'waiting', since: 100_000 - ms }])).ok;
    const late = (ms: number) => livenessOf(facts([], { heartbeatOverdueMs: ms })).ok;
    expect([receiving(45_000), receiving(45_001)]).toEqual([true, false]);
    expect([waiting(45_000), waiting(45_001)]).toEqual([true, false]);
    expect([late(30_000), late(30_001)]).toEqual([true, false]);
  });

  test('names each problem, with numbers', () => {
    const stuck: PollerStatus = { state: 'receiving', since: 0 };
    expect(
      livenessOf(facts([stuck, stuck, { state: 'handling', since: 0 }], { heartbeatOverdueMs: 40_000.6 })),
    ).toEqual({
      ok: false,
      last_receive_age_ms: 10_000,
      heartbeat_overdue_ms: 40_001,
      pollers: { waiting: 0, receiving: 2, handling: 1 },
      problems: ['2 pollers have been receiving for more than 45 s', 'the heartbeat is late'],
    });
    const waiting: PollerStatus = { state: 'waiting', since: 0 };
    expect(livenessOf(facts([waiting, waiting])).problems).toEqual(['no poller has received for more than 45 s']);
    // While one poller works, the others may wait.
    expect(livenessOf(facts([waiting, { state: 'handling', since: 0 }])).ok).toBe(true);
    expect(livenessOf(facts([], { now: 90_000.6 })).last_receive_age_ms).toBe(1);
  });
});
