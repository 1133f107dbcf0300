// Liveness: whether the process is still working. It calls no dependency, so a health check costs no AWS call.
import type { PollerState, PollerStatus } from './poller.ts';

/** A long poll takes 20 s and its deadline is 30 s: a poller that receives for longer is stuck. */
const RECEIVE_LIMIT_MS = 45_000;
const IDLE_LIMIT_MS = 45_000;
const HEARTBEAT_LIMIT_MS = 30_000;

export interface LivenessFacts {
  /** Milliseconds of a monotonic clock, like all times here. */
  readonly now: number;
  readonly pollerStatuses: readonly PollerStatus[];
  readonly lastReceive: number | undefined;
  readonly heartbeatOverdueMs: number;
  /** A breaker is open or the process ends: then it is correct that no poller receives. */
  readonly isPaused: boolean;
}

export interface Liveness {
  readonly ok: boolean;
  readonly last_receive_age_ms: number | null;
  readonly heartbeat_overdue_ms: number;
  readonly pollers: Readonly<Record<PollerState, number>>;
  /** A text for each problem; empty when there is none. */
  readonly problems: readonly string[];
}

export function livenessOf({
  now,
  pollerStatuses,
  lastReceive,
  heartbeatOverdueMs,
  isPaused,
}: LivenessFacts): Liveness {
  const pollers = { waiting: 0, receiving: 0, handling: 0 };
  for (const { state } of pollerStatuses) pollers[state]++;
  const ages = pollerStatuses.map(({ state, since }) => ({ state, age: now - since }));
  const stuck = ages.filter(({ state, age }) => state === 'receiving' && age > RECEIVE_LIMIT_MS).length;
  const allWait =
    pollerStatuses.length > 0 && ages.every(({ state, age }) => state === 'waiting' && age > IDLE_LIMIT_MS);
  const problems = [
    ...(stuck > 0 ? [`${stuck} pollers have been receiving for more than ${RECEIVE_LIMIT_MS / 1000} s`] : []),
    ...(allWait && !isPaused ? [`no poller has received for more than ${IDLE_LIMIT_MS / 1000} s`] : []),
    ...(heartbeatOverdueMs > HEARTBEAT_LIMIT_MS ? ['the heartbeat is late'] : []),
  ];
  return {
    ok: problems.length === 0,
    last_receive_age_ms: lastReceive === undefined ? null : Math.round(now - lastReceive),
    heartbeat_overdue_ms: Math.round(heartbeatOverdueMs),
    pollers,
    problems,
  };
}
