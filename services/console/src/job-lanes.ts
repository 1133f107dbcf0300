// The lanes of a job that a page looks at: the exact state of each message, and on demand who stored it.
import type { JobStore } from '@movie-load/jobs';
import { messagesOfGroup } from '@movie-load/schema';
import type { Lane, Lanes } from './api.ts';
import type { WatchedJob } from './job-progress.ts';

export interface LanesRequest {
  readonly first: number;
  readonly count: number;
  readonly by: 'state' | 'consumer';
}

const LIMIT_MS = 10_000;

/** Reads the ledgers of groups that are not known to be full, and the traces of the groups when asked for consumers. */
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
  const lanes = groups.map((group) => laneOf(watched, group, stored.get(group)));
  if (by === 'state') return { lanes, consumers: [] };

  const names = new Map<string, number>();
  const coloured = await Promise.all(
    lanes.map(async (lane): Promise<Lane> => {
      const who: number[] = Array.from({ length: lane.states.length }, () => -1);
      if (!lane.states.includes('s')) return { ...lane, by: who };
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

function laneOf({ map, marks }: WatchedJob, group: number, stored: ReadonlySet<number> | undefined): Lane {
  const { first, count } = messagesOfGroup(map.shape, group);
  let states = '';
  for (let offset = 0; offset < count; offset++) {
    if (stored === undefined || stored.has(offset)) states += 's';
    else if (marks.dead.has(first + offset)) states += 'd';
    else states += marks.inFlight?.has(first + offset) ? 'f' : '.';
  }
  return { group, first, states, by: null };
}

/** Names sorted, so that a consumer keeps its colour from one look to the next. */
function inOrderOfNames(lanes: readonly Lane[], names: readonly string[]): Lanes {
  const consumers = names.toSorted();
  const place = names.map((name) => consumers.indexOf(name));
  return {
    consumers,
    lanes: lanes.map((lane) => ({ ...lane, by: lane.by?.map((index) => place[index] ?? -1) ?? null })),
  };
}
