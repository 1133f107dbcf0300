// The current counts of a consumer's process, for its report.
import type { AwsClients, Breaker } from '@movie-load/aws';
import type { ServiceCounts } from '@movie-load/schema';
import { type ConsumerCounters, countsOf } from './counters.ts';
import type { Pollers } from './poller.ts';

/**
 * The parts of the consumer that exist so far: no clients before AWS has answered, no breakers before its queues are
 * found.
 */
export interface CountedProcess {
  readonly clients?: Pick<AwsClients, 'queueTime'>;
  readonly consumer?: { readonly breakers: Readonly<Record<string, Pick<Breaker, 'open'>>> };
  readonly pollers?: Pick<Pollers, 'lastReceive'>;
}

export interface CurrentTime {
  /** Milliseconds since the epoch, by this process's clock. */
  readonly now: number;
  /** Milliseconds of the pollers' clock, which is monotonic. */
  readonly uptimeMs: number;
}

export function currentCounts(
  counters: ConsumerCounters,
  process: CountedProcess,
  time: CurrentTime,
): Partial<ServiceCounts> {
  return {
    ...countsOf(counters),
    oldest_message_seconds: oldestMessageSeconds(counters, process, time),
    breakers_open: breakersOpen(process),
  };
}

function oldestMessageSeconds(
  { unfinished }: ConsumerCounters,
  { clients, pollers }: CountedProcess,
  { now, uptimeMs }: CurrentTime,
): number {
  const receivedAt = pollers?.lastReceive;
  const lastReceive = receivedAt === undefined ? undefined : now - (uptimeMs - receivedAt);
  return unfinished.oldestSeconds({ lastReceive, queueNow: clients?.queueTime.now() ?? now });
}

/** 1 while a breaker is open, by dependency; empty until the queue has been found. */
function breakersOpen({ consumer }: CountedProcess): Record<string, number> {
  return Object.fromEntries(Object.entries(consumer?.breakers ?? {}).map(([name, { open }]) => [name, open ? 1 : 0]));
}
