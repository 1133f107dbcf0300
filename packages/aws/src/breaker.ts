// One breaker per dependency: after nine failed attempts in a row no call is made until a cheap probe succeeds.
import { abortable } from './abort.ts';
import { fullJitter } from './jitter.ts';
import type { Clock, Random } from './ports.ts';

export type Dependency = 'sqs' | 'dynamodb' | 's3';

/** Failed attempts in a row. Throttling of every tenth call must not stop a process, an unreachable endpoint must. */
const FAILURES_TO_OPEN = 9;
/** A probe is sent after 1 s at the earliest and 30 s at the latest. */
const PROBE_FLOOR_MS = 1000;
const PROBE_BASE_MS = 1000;
const PROBE_CAP_MS = 29_000;

export interface Breaker {
  readonly dependency: Dependency;
  /** True while the dependency counts as failing. */
  readonly open: boolean;
  /** A call succeeded. Closes the breaker. */
  succeeded(): void;
  /** A call failed for a reason that lies with the dependency. */
  failed(error: unknown): void;
  /** Resolves as soon as the breaker is closed; rejects with the signal's reason. */
  whenClosed(signal?: AbortSignal): Promise<void>;
}

export interface BreakerOptions {
  readonly dependency: Dependency;
  readonly clock: Clock;
  readonly random: Random;
  /** A read that changes nothing and costs little. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  /** Stops the probing when the process ends. */
  readonly signal: AbortSignal;
  readonly onChange?: (open: boolean, error: unknown) => void;
}

/**
 *     closed ── 9 failures in a row ──▶ open ── probe after 1–30 s, full jitter ──▶ closed
 *                                        ▲                    │
 *                                        └──── probe fails ───┘
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const { dependency, clock, random, probe, signal, onChange } = options;
  let failures = 0;
  /** Set while the breaker is open; resolves when it closes. */
  let untilClosed: PromiseWithResolvers<void> | undefined;
  let stopProbing = new AbortController();

  const close = () => {
    failures = 0;
    if (!untilClosed) return;
    const closed = untilClosed;
    untilClosed = undefined;
    stopProbing.abort();
    closed.resolve();
    onChange?.(false, undefined);
  };

  const open = (error: unknown) => {
    untilClosed = Promise.withResolvers<void>();
    stopProbing = new AbortController();
    onChange?.(true, error);
    void probeUntilSuccess(AbortSignal.any([signal, stopProbing.signal]));
  };

  async function probeUntilSuccess(probeSignal: AbortSignal): Promise<void> {
    for (let attempt = 1; !probeSignal.aborted; attempt += 1) {
      try {
        await clock.sleep(PROBE_FLOOR_MS + fullJitter(random, attempt, PROBE_BASE_MS, PROBE_CAP_MS), probeSignal);
        await probe(probeSignal);
        if (!probeSignal.aborted) close();
      } catch {
        // After a failed probe the loop continues; after an abort (the breaker closed, or the process ends) it ends.
      }
    }
  }

  return {
    dependency,
    get open() {
      return untilClosed !== undefined;
    },
    succeeded: close,
    failed: (error) => {
      failures++;
      if (failures >= FAILURES_TO_OPEN && !untilClosed && !signal.aborted) open(error);
    },
    whenClosed: async (callerSignal) => {
      callerSignal?.throwIfAborted();
      while (untilClosed) await abortable(untilClosed.promise, callerSignal);
    },
  };
}
