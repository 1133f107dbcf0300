// Explains why groups of a job wait: which consumer has their messages in flight without processing them, until when.
import type { ConsumerView, JobProgress, Receiver } from '../../api.ts';
import { useServerNow } from '../countdown.ts';
import { formatCount, formatRemaining } from '../format.ts';
import { useConsumers } from '../live.ts';
import { findConsumer } from '../receivers.ts';

const STATE_NOTES: Partial<Record<ConsumerView['state'], string>> = {
  gone: ' (gone)',
  paused: ' (paused)',
  away: ' (does not answer)',
};

export function InFlightNotes({ progress }: { progress: JobProgress }) {
  const { job, receivers, in_flight_messages, returned_messages: returned } = progress;
  const consumers = useConsumers();
  const blocking = receivers.filter((receiver) => isBlocking(receiver, consumers));
  const now = useServerNow(blocking.some(({ until }) => until !== null));
  if (in_flight_messages === null && job.state !== 'COMPLETE') {
    return (
      <p className="notes">
        Which messages are in flight is not known (this endpoint does not report, or there are too many). Messages that
        are stored but not yet deleted are shown as stored.
      </p>
    );
  }
  // No consumer can receive anything now, not even the messages that are visible again.
  const isStopped =
    job.state !== 'COMPLETE' &&
    consumers.length > 0 &&
    consumers.every(({ state }) => state === 'gone' || state === 'paused');
  if (blocking.length === 0 && !isStopped) return null;
  return (
    <ul className="notes" aria-label="Why groups wait" data-testid="in-flight-notes">
      {blocking.map((receiver) => (
        <li key={receiver.by}>{sentenceOf(receiver, consumers, now)}</li>
      ))}
      {isStopped && (
        <li>
          {returned > 0 && `${formatCount(returned, 'message')} are visible in the queue and will be delivered again. `}
          No consumer is working now: add or resume one.
        </li>
      )}
    </ul>
  );
}

/**
 * True for a receiver that keeps its messages in flight without processing them. A working consumer has messages only
 * briefly, unless it cannot delete those that are stored.
 */
function isBlocking({ by, stored }: Receiver, consumers: readonly ConsumerView[]): boolean {
  const state = by === null ? undefined : (findConsumer(by, consumers)?.state ?? 'unknown');
  return stored > 0 || (state !== undefined && state !== 'working');
}

function sentenceOf(
  { by, groups, messages, stored, until }: Receiver,
  consumers: readonly ConsumerView[],
  now: number,
) {
  const consumer = by === null ? undefined : findConsumer(by, consumers);
  const who = by === null ? 'A consumer (this endpoint does not report which)' : (consumer?.name ?? by);
  const subject = `${who}${(consumer && STATE_NOTES[consumer.state]) ?? ''} has ${formatCount(messages, 'message')} of ${formatCount(groups, 'group')} in flight`;
  const storedPart =
    stored === 0 ? '' : `, ${stored === messages ? 'all' : stored} of them stored and counted but not yet deleted`;
  const visibleAgain =
    until === null
      ? 'This endpoint does not report when they are visible again'
      : `They are visible again in ${formatRemaining(until, now)}`;
  return `${subject}${storedPart}. ${visibleAgain}; until then no other consumer gets ${groups === 1 ? 'this group' : 'these groups'}.`;
}
