// The lanes of a job for a page: the exact state of each message, and on request the consumer that stored it.
import type { JobStore } from '@movie-load/jobs';
import { groupOfMessage, messagesOfGroup } from '@movie-load/schema';
import type { Lane, Lanes } from './api.ts';
import type { WatchedJob } from './job-progress.ts';
import type { Sighting } from './marks.ts';
import { latest } from './undeleted.ts';

export interface LanesRequest {
  readonly first: number;
  readonly count: number;
  readonly by: 'state' | 'consumer';
}

const LIMIT_MS = 10_000;

/** Reads the ledgers of groups not known to be full, and on request for consumers, the traces of the groups. */
export async function readLanes(
  store: Pick<JobStore, 'ledgers' | 'traces'>,
  watched: WatchedJob,
  { first, count, by }: LanesRequest,
): Promise<Lanes> {
  const { job, map } = watched;
  const signal = AbortSignal.timeout(LIMIT_MS);
  const last = Math.min(first + count, map.shape.groups);
  const groups = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  const stored = new Map<number, ReadonlySet<number>>();
  const open = groups.filter((group) => !map.isFull(group));
  for await (const { group, ledger } of store.ledgers(job, open, { signal })) {
    stored.set(group, ledger?.stored ?? new Set());
  }
  const hidden = hiddenByGroup(watched);
  const lanes = await nameStorers(
    store,
    watched,
    groups.map((group) => laneOf(watched, { group, stored: stored.get(group), hidden: hidden.get(group) })),
    signal,
  );
  if (by === 'state') return { lanes, consumers: [] };

  const names = new Map<string, number>();
  const coloured = await Promise.all(
    lanes.map(async (lane): Promise<Lane> => {
      const who: number[] = Array.from({ length: lane.states.length }, () => -1);
      if (!/[su]/.test(lane.states)) return { ...lane, by: who };
      for await (const { number, stored_by } of store.traces(job, lane.group, { signal })) {
        const index = names.get(stored_by) ?? names.size;
        names.set(stored_by, index);
        who[number - lane.first] = index;
      }
      return { ...lane, by: who };
    }),
  );
  return inOrderOfNames(coloured, [...names.keys()]);
}

type Hidden = readonly (readonly [number: number, sighting: Sighting])[];

/** In-flight messages of each group. */
const hiddenByGroup = ({ map, marks }: WatchedJob): ReadonlyMap<number, Hidden> =>
  Map.groupBy(marks.inFlight ?? [], ([number]) => groupOfMessage(map.shape, number));

interface LaneParts {
  readonly group: number;
  /** Undefined means all messages. */
  readonly stored: ReadonlySet<number> | undefined;
  readonly hidden: Hidden | undefined;
}

function laneOf({ map, marks, undeleted }: WatchedJob, { group, stored, hidden }: LaneParts): Lane {
  const { first, count } = messagesOfGroup(map.shape, group);
  let states = '';
  for (let offset = 0; offset < count; offset++) {
    if (undeleted.has(first + offset)) states += 'u';
    else if (stored === undefined || stored.has(offset)) states += 's';
    else if (marks.dead.has(first + offset)) states += 'd';
    else states += marks.inFlight?.has(first + offset) ? 'f' : '.';
  }
  return { group, first, states, by: null, in_flight: hidden ? inFlightOf(hidden, undeleted) : null };
}

const inFlightOf = (hidden: Hidden, undeleted: WatchedJob['undeleted']): NonNullable<Lane['in_flight']> => ({
  by: hidden[0]?.[1].receivedBy ?? null,
  messages: hidden.length,
  stored: hidden.filter(([number]) => undeleted.has(number)).length,
  until: latest(hidden.map(([, { until }]) => until)),
});

/** Limit of traces read for lanes whose receiver the endpoint does not report. */
const MOST_TRACED = 20;

/** Names the storer from the traces where the endpoint does not report the receiver of a stored message. */
async function nameStorers(
  store: Pick<JobStore, 'traces'>,
  { job, undeleted }: WatchedJob,
  lanes: readonly Lane[],
  signal: AbortSignal,
): Promise<Lane[]> {
  const unknown = new Set(lanes.filter(({ in_flight: it }) => it?.by === null && it.stored > 0).slice(0, MOST_TRACED));
  return Promise.all(
    lanes.map(async (lane) => {
      if (!unknown.has(lane) || lane.in_flight === null) return lane;
      for await (const { number, stored_by } of store.traces(job, lane.group, { signal })) {
        if (undeleted.has(number)) return { ...lane, in_flight: { ...lane.in_flight, by: stored_by } };
      }
      return lane;
    }),
  );
}

/** Sorts the names, so that a consumer keeps its colour from one look to the next. */
function inOrderOfNames(lanes: readonly Lane[], names: readonly string[]): Lanes {
  const consumers = names.toSorted();
  const place = names.map((name) => consumers.indexOf(name));
  return {
    consumers,
    lanes: lanes.map((lane) => ({ ...lane, by: lane.by?.map((index) => place[index] ?? -1) ?? null })),
  };
}
