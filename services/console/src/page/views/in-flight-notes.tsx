// Explains why groups of a job wait: which consumer has their messages in flight without processing them, until when.
import type { ConsumerView, JobProgress, Receiver } from '../../api.ts';
import { useServerNow } from '../countdown.ts';
import { counted, left } from '../format.ts';
import { useConsumers } from '../live.ts';
import { consumerOf } from '../receivers.ts';

const WHY: Partial<Record<ConsumerView['state'], string>> = {
  gone: ' (gone)',
  paused: ' (paused)',
  away: ' (does not answer)',
};

export function InFlightNotes({ progress }: { progress: JobProgress }) {
  const { job, receivers, in_flight_messages, returned_messages: returned } = progress;
  const consumers = useConsumers();
  const waiting = receivers.filter((receiver) => isStill(receiver, consumers));
  const now = useServerNow(waiting.some(({ until }) => until !== null));
  if (in_flight_messages === null && job.state !== 'COMPLETE') {
    return (
      <p className="notes">
        Which messages are in flight is not known (this endpoint does not report, or there are too many): what is stored
        and not yet deleted looks stored.
      </p>
    );
  }
  // At this moment no consumer can receive the messages that are visible again, or any others.
  const isStopped =
    job.state !== 'COMPLETE' &&
    consumers.length > 0 &&
    consumers.every(({ state }) => state === 'gone' || state === 'paused');
  if (waiting.length === 0 && !isStopped) return null;
  return (
    <ul className="notes" aria-label="Why groups wait" data-testid="in-flight-notes">
      {waiting.map((receiver) => (
        <li key={receiver.by}>{sentenceOf(receiver, consumers, now)}</li>
      ))}
      {isStopped && (
        <li>
          {returned > 0 && `${counted(returned, 'message')} are visible in the queue and will be delivered again. `}
          No consumer is working now: add or resume one.
        </li>
      )}
    </ul>
  );
}

/** A working consumer has its messages only briefly, unless it cannot delete those that are stored. */
function isStill({ by, stored }: Receiver, consumers: readonly ConsumerView[]): boolean {
  const state = by === null ? undefined : (consumerOf(by, consumers)?.state ?? 'unknown');
  return stored > 0 || (state !== undefined && state !== 'working');
}

function sentenceOf(
  { by, groups, messages, stored, until }: Receiver,
  consumers: readonly ConsumerView[],
  now: number,
) {
  const consumer = by === null ? undefined : consumerOf(by, consumers);
  const who = by === null ? 'A consumer (this endpoint does not report which)' : (consumer?.name ?? by);
  const has = `${who}${(consumer && WHY[consumer.state]) ?? ''} has ${counted(messages, 'message')} of ${counted(groups, 'group')} in flight`;
  const which =
    stored === 0 ? '' : `, ${stored === messages ? 'all' : stored} of them stored and counted but not yet deleted`;
  const back =
    until === null
      ? 'This endpoint does not report when they are visible again'
      : `They are visible again in ${left(until, now)}`;
  return `${has}${which}. ${back}; until then no other consumer gets ${groups === 1 ? 'this group' : 'these groups'}.`;
}
