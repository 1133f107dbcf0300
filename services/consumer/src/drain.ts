// The end of a consumer: it begins no receive, and finishes or releases its running groups within DRAIN_SECONDS.
//
//   SIGTERM ─▶ pollers: receives may return while messages are arriving (at most ¼ DRAIN_SECONDS and 2 s); then they
//          │            are aborted
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

/** The share of the drain's time in which receives may return. */
const RECEIVE_SHARE = 0.25;

/**
 * Resolves when no message is in flight, or `drainMs` are over. Returns the number of messages that may still be in
 * flight. Does nothing for a process that has not begun to receive.
 */
export async function drain({ consumer, pollers, drainMs, log }: DrainOptions): Promise<number> {
  if (!consumer) return 0;
  const inFlight = await consumer.handler.drain(pollers?.drain(drainMs * RECEIVE_SHARE));
  if (inFlight > 0)
    log.warn({ in_flight: inFlight }, 'drained in part: these are delivered again after the visibility timeout');
  else log.info({}, 'drained');
  return inFlight;
}
