// The lanes of a job for a page, one per message group: the state of each message, and on request the consumer that
// stored it.
import type { JobStore } from '@movie-load/jobs';
import { groupOfMessage, messagesOfGroup } from '@movie-load/schema';
import type { Lane, Lanes } from './api.ts';
import type { WatchedJob } from './job-progress.ts';
import type { Sighting } from './marks.ts';
import { latestOf } from './undeleted.ts';

export interface LanesRequest {
  readonly first: number;
  readonly count: number;
  readonly by: 'state' | 'consumer';
}

const READ_TIMEOUT_MS = 10_000;

/** Reads the ledgers of the groups that are not known to be full. For `by: 'consumer'` also their traces. */
export async function readLanes(
  store: Pick<JobStore, 'ledgers' | 'traces'>,
  watched: WatchedJob,
  { first, count, by }: LanesRequest,
): Promise<Lanes> {
  const { job, map } = watched;
  const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
  const last = Math.min(first + count, map.shape.groups);
  const groups = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  const stored = new Map<number, ReadonlySet<number>>();
  const openGroups = groups.filter((group) => !map.isFull(group));
  for await (const { group, ledger } of store.ledgers(job, openGroups, { signal })) {
    stored.set(group, ledger?.stored ?? new Set());
  }
  const inFlight = inFlightByGroup(watched);
  const lanes = await addReceivers(
    store,
    watched,
    groups.map((group) => laneOf(watched, { group, stored: stored.get(group), inFlight: inFlight.get(group) })),
    signal,
  );
  if (by === 'state') return { lanes, consumers: [] };

  const names = new Map<string, number>();
  const byConsumer = await Promise.all(
    lanes.map(async (lane): Promise<Lane> => {
      const consumerIndexes: number[] = Array.from({ length: lane.states.length }, () => -1);
      // Only stored messages have a trace: `s`, and `u`, which are not deleted yet.
      if (!/[su]/.test(lane.states)) return { ...lane, by: consumerIndexes };
      for await (const { number, stored_by } of store.traces(job, lane.group, { signal })) {
        const index = names.get(stored_by) ?? names.size;
        names.set(stored_by, index);
        consumerIndexes[number - lane.first] = index;
      }
      return { ...lane, by: consumerIndexes };
    }),
  );
  return sortConsumers(byConsumer, [...names.keys()]);
}

type InFlight = readonly (readonly [number: number, sighting: Sighting])[];

const inFlightByGroup = ({ map, marks }: WatchedJob): ReadonlyMap<number, InFlight> =>
  Map.groupBy(marks.inFlight ?? [], ([number]) => groupOfMessage(map.shape, number));

interface LaneParts {
  readonly group: number;
  /** Offsets within the group; undefined if all its messages are stored. */
  readonly stored: ReadonlySet<number> | undefined;
  readonly inFlight: InFlight | undefined;
}

function laneOf({ map, marks, undeleted }: WatchedJob, { group, stored, inFlight }: LaneParts): Lane {
  const { first, count } = messagesOfGroup(map.shape, group);
  let states = '';
  for (let offset = 0; offset < count; offset++) {
    if (undeleted.has(first + offset)) states += 'u';
    else if (stored === undefined || stored.has(offset)) states += 's';
    else if (marks.dead.has(first + offset)) states += 'd';
    else states += marks.inFlight?.has(first + offset) ? 'f' : '.';
  }
  return { group, first, states, by: null, in_flight: inFlight ? inFlightOf(inFlight, undeleted) : null };
}

const inFlightOf = (inFlight: InFlight, undeleted: WatchedJob['undeleted']): NonNullable<Lane['in_flight']> => ({
  by: inFlight[0]?.[1].receivedBy ?? null,
  messages: inFlight.length,
  stored: inFlight.filter(([number]) => undeleted.has(number)).length,
  until: latestOf(inFlight.map(([, { until }]) => until)),
});

/** Maximum number of lanes whose traces are read to find the receiver of their in-flight messages. */
const MAX_TRACED_LANES = 20;

/**
 * Where the endpoint does not report the receiver of a message that is stored but not deleted, reads from
 * the traces which consumer stored it.
 */
async function addReceivers(
  store: Pick<JobStore, 'traces'>,
  { job, undeleted }: WatchedJob,
  lanes: readonly Lane[],
  signal: AbortSignal,
): Promise<Lane[]> {
  const lanesToTrace = new Set(
    lanes.filter(({ in_flight }) => in_flight?.by === null && in_flight.stored > 0).slice(0, MAX_TRACED_LANES),
  );
  return Promise.all(
    lanes.map(async (lane) => {
      if (!lanesToTrace.has(lane) || lane.in_flight === null) return lane;
      for await (const { number, stored_by } of store.traces(job, lane.group, { signal })) {
        if (undeleted.has(number)) return { ...lane, in_flight: { ...lane.in_flight, by: stored_by } };
      }
      return lane;
    }),
  );
}

/** Sorts the consumers by name, so that each keeps its index, and therefore its colour, when the page reads again. */
function sortConsumers(lanes: readonly Lane[], names: readonly string[]): Lanes {
  const consumers = names.toSorted();
  const newIndexes = names.map((name) => consumers.indexOf(name));
  return {
    consumers,
    lanes: lanes.map((lane) => ({ ...lane, by: lane.by?.map((index) => newIndexes[index] ?? -1) ?? null })),
  };
}
