// Ending: no new receive, running groups finish or are given back, nothing stays in flight.
//
//   SIGTERM ─▶ pollers: those that receive are let come back while messages are coming, then their polls are aborted
//          └─▶ handler: groups finish ───── ¾ DRAIN_SECONDS ─▶ the rest is aborted and given back ── DRAIN_SECONDS ─▶ exit
import type { Logger } from '@movie-load/service';
import type { Consumer } from './consumer.ts';
import type { Pollers } from './poller.ts';

export interface DrainOptions {
  readonly consumer?: Consumer;
  readonly pollers?: Pollers;
  readonly log: Logger;
}

/** Resolves when nothing is in flight, or DRAIN_SECONDS are over. Does nothing for a process that never came to receive. */
export async function drain({ consumer, pollers, log }: DrainOptions): Promise<void> {
  if (!consumer) return;
  const inFlight = await consumer.handler.drain(pollers?.drain());
  if (inFlight > 0) log.warn({ in_flight: inFlight }, 'drained in part: these come again after the visibility timeout');
  else log.info('drained');
}
