// The context of the protocol for tests: ports whose answers the test gives, and a clock that it moves.
import type { ConditionalUpdate, ListedPart, ObjectsPort, TableItem, TablePort, UpdateRequest } from '@movie-load/aws';
import { type JobItem, jobIdOf, MovieLoadError } from '@movie-load/schema';
import { createVirtualClock, longestWaits, type VirtualClock } from '@movie-load/testing';
import type { JobEvent, JobsContext } from '../src/context.ts';
import { planToValue } from '../src/item.ts';
import { createSlots } from '../src/slots.ts';
import { newPlan, STARTED_ON } from './support.ts';

const unused = (name: string) => () => Promise.reject(new Error(`${name} is not expected here`));

const NO_TABLE: TablePort = {
  name: 'table',
  get: unused('get'),
  create: unused('create'),
  putBatch: unused('putBatch'),
  deleteBatch: unused('deleteBatch'),
  update: unused('update'),
  updateIf: unused('updateIf'),
  query: unused('query'),
  queryJobs: unused('queryJobs'),
};
const NO_OBJECTS: ObjectsPort = {
  bucket: 'bucket',
  size: unused('size'),
  get: unused('get'),
  put: unused('put'),
  delete: unused('delete'),
  createUpload: unused('createUpload'),
  uploadPart: unused('uploadPart'),
  copyPart: unused('copyPart'),
  listParts: unused('listParts'),
  completeUpload: unused('completeUpload'),
  abortUpload: unused('abortUpload'),
};

export interface FakeWorld {
  readonly context: JobsContext;
  readonly clock: VirtualClock;
  readonly events: JobEvent[];
  /** The signal that each call of a port got, with the call's name. */
  readonly signals: (readonly [call: string, signal: AbortSignal | undefined])[];
}

/** Methods that are not given fail when they are called. */
export function fakeWorld(table: Partial<TablePort> = {}, objects: Partial<ObjectsPort> = {}): FakeWorld {
  const clock = createVirtualClock();
  const events: JobEvent[] = [];
  const signals: (readonly [string, AbortSignal | undefined])[] = [];
  const watched = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: { readonly signal?: AbortSignal | undefined }[]) => {
          signals.push([String(name), args.at(-1)?.signal]);
          if (name === 'update' || name === 'updateIf') checkPlaceholders(args[0] as Placeholders);
          return Reflect.apply(value, target, args);
        };
      },
    });
  const context: JobsContext = {
    table: watched({ ...NO_TABLE, ...table }),
    objects: watched({ ...NO_OBJECTS, ...objects }),
    clock,
    random: longestWaits,
    instance: 'test',
    minPartMovies: 20,
    bufferBytes: 1024 * 1024,
    slots: createSlots(2),
    uploads: new Map(),
    emit: (event) => events.push(event),
  };
  return { context, clock, events, signals };
}

type Placeholders = Pick<UpdateRequest, 'update' | 'condition' | 'names' | 'values'>;

/** DynamoDB refuses an update with a placeholder that is not given, and a given one that is not used. */
function checkPlaceholders({ update, condition = '', names = {}, values = {} }: Placeholders): void {
  const used = new Set(`${update} ${condition}`.match(/[#:]\w+/g));
  const defined = new Set([...Object.keys(names), ...Object.keys(values)]);
  const wrong = [...used, ...defined].filter((name) => !used.has(name) || !defined.has(name));
  if (wrong.length > 0) throw errorNamed(`ValidationException: ${wrong.join(', ')} in ${update}`);
}

/** Calls whose signal is not aborted although the caller's is: they would continue. */
export const callsNotAborted = ({ signals }: Pick<FakeWorld, 'signals'>): string[] =>
  signals.flatMap(([call, signal]) => (signal?.aborted ? [] : [call]));

/** A job of three parts of two groups of ten movies, RUNNING without an upload. */
export function runningJob(changes: Partial<JobItem> = {}): JobItem {
  const plan = newPlan(60, 1, { group_size: 10 });
  return {
    job_id: jobIdOf(plan),
    kind: 'job',
    plan,
    status: 'RUNNING',
    started_on: STARTED_ON,
    done: new Set(),
    ...changes,
  };
}

/** The item of a job as the table has it. */
export function itemOf({ job_id, plan, status, upload_id, object_bytes }: JobItem): TableItem {
  return {
    job_id: { S: job_id },
    part: { S: 'job' },
    kind: { S: 'job' },
    status: { S: status },
    plan: planToValue(plan),
    started_on: { S: STARTED_ON },
    ...(upload_id !== undefined && { upload_id: { S: upload_id } }),
    ...(object_bytes !== undefined && { object_bytes: { N: String(object_bytes) } }),
  };
}

export const errorNamed = (name: string) => Object.assign(new Error(name), { name });
export const s3Unreachable = () => new MovieLoadError('dependency_away', 'S3 does not answer.');
export const applied = (item: TableItem): ConditionalUpdate => ({ applied: true, item });
export const refused = (item: TableItem | undefined): ConditionalUpdate => ({ applied: false, item });

/** Parts with these numbers, of a hundred bytes each. */
export const listed = (...numbers: number[]): ListedPart[] =>
  numbers.map((number) => ({ number, etag: `"${number}"`, crc32: `crc ${number}`, bytes: 100 }));

/** A group's movies as one slice. */
export function sliceItem(jobId: string, group: number, first: number, count: number, title = 'T'): TableItem {
  const movie = (index: number) => ({
    M: {
      movie_id: { S: '00000000-0000-4000-8000-000000000000' },
      title: { S: `${title}${index}` },
      year: { N: '1999' },
      actor: { S: 'A' },
      director: { S: 'D' },
    },
  });
  return {
    job_id: { S: `${jobId}#${group}` },
    part: { S: `movies#${String(first).padStart(12, '0')}+${count}` },
    first: { N: String(first) },
    movies: { L: Array.from({ length: count }, (_, at) => movie(first + at)) },
  };
}

/** Answers the slices of a job's groups, ten movies each. */
export const tenMoviesAGroup: TablePort['query'] = async ({ partition }) => {
  const [jobId = '', group = ''] = partition.split('#');
  return { items: [sliceItem(jobId, Number(group), 10 * Number(group), 10)], next: undefined };
};

export type Update = Pick<UpdateRequest, 'key' | 'update' | 'condition' | 'values' | 'signal'>;
