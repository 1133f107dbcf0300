// Ending: no new receive, running groups finish or are released, nothing stays in flight.
//
//   SIGTERM ─▶ pollers: those that receive may come back while messages are coming (¼ DRAIN_SECONDS), then they are aborted
//          └─▶ handler: groups finish ───── ¾ DRAIN_SECONDS ─▶ the rest is aborted and released ── DRAIN_SECONDS ─▶ exit
import type { Consumer } from './consumer.ts';
import type { HandlerLog } from './handler.ts';
import type { Pollers } from './poller.ts';

export interface DrainOptions {
  readonly consumer?: Consumer;
  readonly pollers?: Pollers;
  readonly drainMs: number;
  readonly log: HandlerLog;
}

/** Of the drain's time, this part is for receives to come back. */
const RECEIVE_SHARE = 0.25;

/**
 * Resolves when nothing is in flight, or `drainMs` are over, with the number of messages that may still be in flight.
 * Does nothing for a process that never came to receive.
 */
export async function drain({ consumer, pollers, drainMs, log }: DrainOptions): Promise<number> {
  if (!consumer) return 0;
  const inFlight = await consumer.handler.drain(pollers?.drain(drainMs * RECEIVE_SHARE));
  if (inFlight > 0)
    log.warn({ in_flight: inFlight }, 'drained in part: these are delivered again after the visibility timeout');
  else log.info({}, 'drained');
  return inFlight;
}
