// The progress of jobs. Each job has one map, which all pages that watch the job share; each read reads only the
// ledgers that may have changed.
import type { JobStore, UnfinishedUpload } from '@movie-load/jobs';
import { observeUpload } from '@movie-load/operations';
import { groupOfMessage, groupsBelow, type JobItem, treeOf } from '@movie-load/schema';
import type { Heat, JobProgress, JobView } from './api.ts';
import { JobMap } from './job-map.ts';
import type { Marks, Sighting } from './marks.ts';
import { type CountedGroup, type CountedGroups, countedOf, receiversOf, undeletedOf } from './undeleted.ts';

export interface ProgressOptions {
  readonly store: Pick<JobStore, 'job' | 'ledgers' | 'upload'>;
  readonly view: (job: JobItem, upload?: UnfinishedUpload) => Promise<JobView>;
  readonly marksOf: (jobId: string, shape: JobMap['shape']) => Promise<Marks>;
  readonly now?: () => number;
}

/** The state of a job at its last read. */
export interface WatchedJob {
  readonly job: JobItem;
  readonly map: JobMap;
  readonly marks: Marks;
  /** Messages counted as stored and still in the queue. */
  readonly undeleted: ReadonlyMap<number, Sighting>;
  readonly progress: JobProgress;
}

/** What is kept of a requested job between its reads. */
interface Entry {
  map: JobMap | undefined;
  /** Children of the root that the map marks as full. */
  readonly finished: Set<number>;
  last: WatchedJob | undefined;
  /** Ledgers of the groups that had received messages at the last read. */
  counted: CountedGroups;
  /** The job is COMPLETE and none of its messages is in the queue, so that the queue is not read any more. */
  isSettled: boolean;
  /** The result of `digestOf` at the last read; the version increases when it changes. */
  digest: string;
  /** When the last read ended, in milliseconds since the epoch; 0 before the first. */
  readAt: number;
  running: Promise<WatchedJob | undefined> | undefined;
}

const READ_TIMEOUT_MS = 10_000;
const UPLOAD_TIMEOUT_MS = 2000;
/** Limit of ledgers per read; the ledgers of full groups are never read again. */
const MAX_LEDGERS_PER_READ = 200;
/** Requests within this time after a read get its result. */
const FRESH_MS = 800;
/** A job that was read within this time counts as watched. */
const WATCHED_MS = 3000;
/** The states of the most recently requested jobs are kept. */
const MAX_JOBS = 8;
const MAX_BUCKETS = 5000;
const NO_MARKS: Marks = { inFlight: new Map(), returned: new Map(), dead: new Map(), seenOn: 0 };
const NEW_ENTRY: Omit<Entry, 'finished'> = {
  map: undefined,
  last: undefined,
  counted: new Map(),
  isSettled: false,
  digest: '',
  readAt: 0,
  running: undefined,
};

export function createProgress({ store, view, marksOf, now = Date.now }: ProgressOptions) {
  const entries = new Map<string, Entry>();

  function entryOf(jobId: string): Entry {
    const known = entries.get(jobId);
    const entry = known ?? { ...NEW_ENTRY, finished: new Set<number>() };
    // The most recently requested job is forgotten last.
    entries.delete(jobId);
    entries.set(jobId, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_JOBS && oldest !== undefined) entries.delete(oldest);
    return entry;
  }

  /** The number of jobs that pages watch now: they share the limit of ledgers per read. */
  const watchedCount = () => [...entries.values()].filter(({ readAt }) => now() - readAt < WATCHED_MS).length;

  async function readProgress(jobId: string, entry: Entry): Promise<WatchedJob | undefined> {
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    const job = await store.job(jobId, { signal });
    if (job === undefined) return undefined;
    entry.map ??= new JobMap(job.plan);
    const { map } = entry;
    const budget = Math.ceil(MAX_LEDGERS_PER_READ / Math.max(1, watchedCount()));
    const read = await updateMap(store, job, { map, finished: entry.finished }, { budget, signal, now });
    const readOn = now();
    const marks = entry.isSettled ? NO_MARKS : await marksFor(job, map.shape);
    const counted = countedOf(map, marks, { read, before: entry.counted, readOn });
    const undeleted = undeletedOf(map.shape, marks, [counted, entry.counted]);
    entry.counted = counted;
    entry.isSettled = job.status === 'COMPLETE' && !marks.inFlight?.size && marks.returned.size === 0;
    const upload = await uploadOf(store, job);
    const jobView = await view(job, upload);
    const progress = {
      job: jobView,
      stored_messages: map.storedMessages,
      exact: [...read.keys()].filter((group) => !map.isFull(group)).length === map.openGroups,
      dead_messages: marks.dead.size,
      in_flight_messages:
        marks.inFlight && [...marks.inFlight.keys()].filter((number) => !undeleted.has(number)).length,
      undeleted_messages: marks.inFlight && undeleted.size,
      returned_messages: marks.returned.size,
      receivers: receiversOf(map.shape, marks, undeleted),
      part_states: partStates(jobView, upload),
    };
    const digest = digestOf(job, map, { marks, undeleted });
    const version = (entry.last?.progress.version ?? 0) + (digest === entry.digest ? 0 : 1);
    entry.digest = digest;
    entry.readAt = now();
    entry.last = { job, map, marks, undeleted, progress: { ...progress, version } };
    return entry.last;
  }

  /** A COMPLETE job has stored all its messages, also those that are still in the dead-letter queue. */
  async function marksFor({ job_id, status }: JobItem, shape: JobMap['shape']): Promise<Marks> {
    const marks = await marksOf(job_id, shape);
    return status === 'COMPLETE' ? { ...marks, dead: NO_MARKS.dead } : marks;
  }

  return {
    /** Undefined while the job is not in the table. Throws what DynamoDB throws. */
    read(jobId: string): Promise<WatchedJob | undefined> {
      const entry = entryOf(jobId);
      if (entry.last && now() - entry.readAt < FRESH_MS) return Promise.resolve(entry.last);
      entry.running ??= readProgress(jobId, entry).finally(() => {
        entry.running = undefined;
      });
      return entry.running;
    },
  };
}

/** A text that changes whenever lanes or heat change. */
function digestOf(job: JobItem, map: JobMap, { marks, undeleted }: Pick<WatchedJob, 'marks' | 'undeleted'>): string {
  const hidden = [...(marks.inFlight ?? [])].map(([number, { until = 0 }]) => `${number}:${Math.round(until / 1000)}`);
  return [job.status, map.storedMessages, [...marks.dead.keys()], hidden, [...undeleted.keys()]].join('|');
}

/** Undefined if S3 fails or does not respond quickly: the progress is then shown without the upload. */
const uploadOf = (store: ProgressOptions['store'], job: JobItem) =>
  observeUpload(store, job, { signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS) }).catch(() => undefined);

function partStates({ object_parts, object_parts_written }: JobView, upload?: UnfinishedUpload): string | null {
  if (object_parts_written === null) return null;
  const written = new Set(upload?.written);
  const isAllDone = object_parts_written === object_parts;
  return Array.from({ length: object_parts }, (_, part) => (isAllDone || written.has(part + 1) ? 's' : '.')).join('');
}

/** Marks the groups known to be full, then reads at most `budget` ledgers that may have changed, and returns them. */
async function updateMap(
  store: ProgressOptions['store'],
  job: JobItem,
  { map, finished }: { readonly map: JobMap; readonly finished: Set<number> },
  { budget, signal, now }: { readonly budget: number; readonly signal: AbortSignal; readonly now: () => number },
): Promise<CountedGroups> {
  const read = new Map<number, CountedGroup>();
  if (job.status === 'COMPLETE') {
    map.recordAllFull();
    return read;
  }
  const tree = treeOf(job.plan);
  for (const child of job.done) {
    if (finished.has(child)) continue;
    finished.add(child);
    const { first, count } = groupsBelow(tree, tree.levels.length - 1, child);
    for (let group = first; group < first + count; group++) map.recordFull(group);
  }
  for await (const { group, ledger } of store.ledgers(job, map.nextToRead(budget), { signal })) {
    map.recordStored(group, ledger?.stored.size ?? 0);
    read.set(group, { readOn: now(), stored: ledger?.stored ?? new Set() });
  }
  return read;
}

export function heatOf({ map, marks }: WatchedJob): Heat {
  const { groupsPerBucket, percent } = map.heat(MAX_BUCKETS);
  const bucketOf = (message: number) => Math.floor(groupOfMessage(map.shape, message) / groupsPerBucket);
  const dead = new Set([...marks.dead.keys()].map(bucketOf));
  return { groups: map.shape.groups, groups_per_bucket: groupsPerBucket, percent, dead: [...dead] };
}
