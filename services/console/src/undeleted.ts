// Messages that are counted as stored and still in the queue: their consumer died or was paused before deleting them.
// Until they are visible again, no consumer receives the rest of their groups.
import { groupOfMessage, type JobShape, messagesOfGroup } from '@movie-load/schema';
import type { Receiver } from './api.ts';
import type { JobMap } from './job-map.ts';
import type { Marks, Sighting } from './marks.ts';

/** The contents of a group's ledger when it was read. */
export interface CountedGroup {
  /** Milliseconds since the epoch. */
  readonly readOn: number;
  /** Message numbers within the group; undefined means all of them. */
  readonly stored: ReadonlySet<number> | undefined;
}

/** By group. */
export type CountedGroups = ReadonlyMap<number, CountedGroup>;

const MAX_RECEIVERS = 20;

/** The known state of groups that have received messages, from the ledgers of this read or of earlier ones. */
export function countedOf(
  map: JobMap,
  marks: Marks,
  { read, before, readOn }: { read: CountedGroups; before: CountedGroups; readOn: number },
): CountedGroups {
  const counted = new Map<number, CountedGroup>();
  for (const group of groupsOf(map.shape, marks)) {
    const known = before.get(group);
    const isFull = map.isFull(group);
    // A full group stays full, so it keeps the time at which that was first known.
    if (isFull && known?.stored === undefined) counted.set(group, known ?? { readOn, stored: undefined });
    else if (isFull) counted.set(group, { readOn, stored: undefined });
    else {
      const latest = read.get(group) ?? known;
      if (latest) counted.set(group, latest);
    }
  }
  return counted;
}

function groupsOf(shape: JobShape, { inFlight, returned }: Marks): Set<number> {
  const numbers = [...(inFlight?.keys() ?? []), ...returned.keys()];
  return new Set(numbers.map((number) => groupOfMessage(shape, number)));
}

/**
 * The messages in the queue that are counted as stored. Uses only ledgers that were read before the queue: in the other
 * order a message may have been stored and deleted in between. Jobs that are watched at the same time share a read of
 * the queue, so it may be older than the last ledgers: then those of the previous read are used.
 */
export function undeletedOf(
  shape: JobShape,
  marks: Marks,
  ledgers: readonly CountedGroups[],
): ReadonlyMap<number, Sighting> {
  const undeleted = new Map<number, Sighting>();
  for (const [number, sighting] of [...(marks.inFlight ?? []), ...marks.returned]) {
    const group = groupOfMessage(shape, number);
    const offset = number - messagesOfGroup(shape, group).first;
    const isStored = ledgers.some((counted) => {
      const { readOn = Number.POSITIVE_INFINITY, stored } = counted.get(group) ?? {};
      return readOn <= marks.seenOn && (stored === undefined || stored.has(offset));
    });
    if (isStored) undeleted.set(number, sighting);
  }
  return undeleted;
}

/** The receivers of the in-flight messages, those with the most messages first. */
export function receiversOf(shape: JobShape, marks: Marks, undeleted: ReadonlyMap<number, Sighting>): Receiver[] {
  const byReceiver = Map.groupBy(marks.inFlight ?? [], ([, { receivedBy }]) => receivedBy ?? null);
  const receivers = [...byReceiver].map(([by, messages]) => ({
    by,
    groups: new Set(messages.map(([number]) => groupOfMessage(shape, number))).size,
    messages: messages.length,
    stored: messages.filter(([number]) => undeleted.has(number)).length,
    until: latestOf(messages.map(([, { until }]) => until)),
  }));
  return receivers.toSorted((a, b) => b.messages - a.messages).slice(0, MAX_RECEIVERS);
}

/** Null when one of the times is unknown. */
export function latestOf(times: readonly (number | undefined)[]): number | null {
  const known = times.filter((time) => time !== undefined);
  return known.length < times.length || known.length === 0 ? null : Math.max(...known);
}
