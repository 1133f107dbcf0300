// Life signs: is the process still doing its work? Nothing here asks a dependency, so a health check costs no AWS call.
import type { PollerSign, PollerState } from './poller.ts';

/** A long poll takes 20 s and its deadline is 30 s: whoever receives for longer is stuck. Seen within 60 s. */
const RECEIVE_LIMIT_MS = 45_000;
const IDLE_LIMIT_MS = 45_000;
const HEARTBEAT_LIMIT_MS = 30_000;

export interface LifeFacts {
  /** Milliseconds on a clock that only goes forward, as all times here. */
  readonly now: number;
  readonly signs: readonly PollerSign[];
  readonly lastReceive: number | undefined;
  readonly heartbeatOverdueMs: number;
  /** A breaker holds the pollers back: then it is right that nobody receives. */
  readonly heldBack: boolean;
}

export interface Life {
  readonly ok: boolean;
  readonly last_receive_age_ms: number | null;
  readonly heartbeat_overdue_ms: number;
  readonly pollers: Readonly<Record<PollerState, number>>;
  /** What is wrong, in words; empty when all is well. */
  readonly problems: readonly string[];
}

export function lifeOf({ now, signs, lastReceive, heartbeatOverdueMs, heldBack }: LifeFacts): Life {
  const pollers = { waiting: 0, receiving: 0, handling: 0 };
  for (const { state } of signs) pollers[state]++;
  const ages = signs.map(({ state, since }) => ({ state, age: now - since }));
  const stuck = ages.filter(({ state, age }) => state === 'receiving' && age > RECEIVE_LIMIT_MS).length;
  const allWait = signs.length > 0 && ages.every(({ state, age }) => state === 'waiting' && age > IDLE_LIMIT_MS);
  const problems = [
    ...(stuck > 0 ? [`${stuck} pollers have been receiving for more than ${RECEIVE_LIMIT_MS / 1000} s`] : []),
    ...(allWait && !heldBack ? [`no poller has received for more than ${IDLE_LIMIT_MS / 1000} s`] : []),
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
