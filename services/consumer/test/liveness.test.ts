import { describe, expect, test } from '@jest/globals';
import { livenessOf } from '../src/liveness.ts';
import type { PollerStatus } from '../src/poller.ts';

const facts = (pollerStatuses: PollerStatus[], extra = {}) => ({
  now: 100_000,
  pollerStatuses,
  lastReceive: 90_000,
  heartbeatOverdueMs: 0,
  heldBack: false,
  ...extra,
});

describe('liveness', () => {
  test('a long poll and a long store are well', () => {
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

  test('a poller that does not come back from a receive is seen within a minute', () => {
    expect(livenessOf(facts([{ state: 'receiving', since: 100_000 - 59_000 }])).ok).toBe(false);
  });

  test('pollers that all wait are stuck, unless a breaker holds them back', () => {
    const pollerStatuses: PollerStatus[] = [{ state: 'waiting', since: 41_000 }];
    expect(livenessOf(facts(pollerStatuses)).ok).toBe(false);
    expect(livenessOf(facts(pollerStatuses, { heldBack: true })).ok).toBe(true);
  });

  test('a late heartbeat is a problem', () => {
    expect(livenessOf(facts([], { heartbeatOverdueMs: 31_000 })).problems).toEqual(['the heartbeat is late']);
  });

  test('a process that has not received yet is alive', () => {
    expect(livenessOf(facts([], { lastReceive: undefined }))).toMatchObject({ ok: true, last_receive_age_ms: null });
  });
});
