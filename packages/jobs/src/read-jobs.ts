// Reads jobs, ledgers and progress from the table.
import {
  type CompletionTree,
  childrenOf,
  groupsBelow,
  type JobItem,
  jobIdSchema,
  jobItemSchema,
  jobPlanSchema,
  type Ledger,
  ledgerKey,
  ledgerSchema,
  messagesOfGroup,
  shapeOf,
  treeOf,
  UsageError,
} from '@movie-load/schema';
import { z } from 'zod';
import type { JobsContext } from './context.ts';
import { keyFromToken, keyToToken, parseItem, plainItem } from './item.ts';
import { isMarker } from './marker.ts';
import type { JobRef } from './part-bytes.ts';
import { readInOrder } from './slice-pages.ts';

const summarySchema = jobItemSchema
  .pick({ job_id: true, started_on: true })
  // A job that is DELETING is in the index until its deletion is complete.
  .extend({ plan: jobPlanSchema, status: z.enum(['RUNNING', 'COMPLETE', 'DELETING']) });

/** A job as the index `jobs` has it; the index may lag by a moment. */
export type JobSummary = Readonly<z.infer<typeof summarySchema>>;

export interface JobList {
  /** The latest first. */
  readonly jobs: readonly JobSummary[];
  /** Pass it as `after` for the next page; undefined after the last page. */
  readonly next: string | undefined;
  /** The number of jobs of this page that are left out: of a newer plan version, or changed by hand. */
  readonly unreadable: number;
}

export interface ListOptions {
  /** 1 to 1,000. Default: 50. */
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function listJobs(context: JobsContext, { limit = 50, after, signal }: ListOptions): Promise<JobList> {
  const start = after === undefined ? undefined : keyFromToken(after);
  const page = await context.table.queryJobs({ limit, start, signal });
  const jobs = page.items.flatMap((item) => summarySchema.safeParse(plainItem(item)).data ?? []);
  return {
    jobs,
    next: page.next === undefined ? undefined : keyToToken(page.next),
    unreadable: page.items.length - jobs.length,
  };
}

export async function resolveJobId(context: JobsContext, prefix: string, signal?: AbortSignal): Promise<string> {
  const lowerPrefix = prefix.toLowerCase();
  if (jobIdSchema.safeParse(lowerPrefix).success) return lowerPrefix;
  if (!/^[0-9a-f-]{1,36}$/.test(lowerPrefix))
    throw new UsageError(`"${prefix.slice(0, 40)}" is not a job id. \`movie-load jobs\` lists all jobs.`);
  const matching: string[] = [];
  let after: string | undefined;
  do {
    const page = await listJobs(context, { limit: 1000, after, signal });
    for (const { job_id } of page.jobs) if (job_id.startsWith(lowerPrefix)) matching.push(job_id);
    after = page.next;
  } while (after !== undefined && matching.length < 2);
  const [jobId, other] = matching;
  if (jobId === undefined)
    throw new UsageError(`There is no job whose id begins with "${lowerPrefix}". \`movie-load jobs\` lists all jobs.`);
  if (other !== undefined)
    throw new UsageError(`More than one job's id begins with "${lowerPrefix}": ${jobId}, ${other}, …`);
  return jobId;
}

/** A group and its ledger; the ledger is undefined when nothing of the group is stored yet. */
export interface GroupLedger {
  readonly group: number;
  readonly expected: number;
  readonly ledger: Ledger | undefined;
}

const LEDGERS_AT_ONCE = 16;

/** The ledgers of all groups, or of the given ones, in the given order; one read each, several at once. */
export async function* ledgers(
  context: JobsContext,
  { job_id, plan }: JobRef,
  signal: AbortSignal,
  groups?: Iterable<number>,
): AsyncGenerator<GroupLedger> {
  const shape = shapeOf(plan);
  async function* readOne(group: number, signal: AbortSignal): AsyncGenerator<GroupLedger> {
    const { count: expected } = messagesOfGroup(shape, group);
    yield { group, expected, ledger: await getLedger(context, job_id, group, signal) };
  }
  const all = Iterator.from(groups ?? Array(shape.groups).keys());
  yield* readInOrder(LEDGERS_AT_ONCE, signal, (signal) => all.map((group) => readOne(group, signal)));
}

export async function getLedger(
  context: JobsContext,
  jobId: string,
  group: number,
  signal: AbortSignal,
): Promise<Ledger | undefined> {
  const item = await context.table.get(ledgerKey(jobId, group), { signal });
  return item === undefined || isMarker(item) ? undefined : parseItem(ledgerSchema, item, 'ledger of');
}

export interface TreeProgress {
  /** Full children of the root: message groups, or nodes of many groups in large jobs. */
  readonly finished: number;
  readonly children: number;
  /** 0 to 1. */
  readonly fraction: number;
}

/** The progress of a job by its own item: coarse, but without a read. */
export function treeProgress(job: Pick<JobItem, 'plan' | 'done'>): TreeProgress {
  const children = childrenOf(treeOf(job.plan), { level: 'root' });
  return { finished: job.done.size, children, fraction: Math.min(1, job.done.size / children) };
}

/**
 * When something was last stored in unfinished groups of the job, in milliseconds since the epoch; undefined when they
 * have no ledger. Reads the ledgers of at most `maxGroups` groups.
 */
export async function lastStoredOn(
  context: JobsContext,
  job: JobItem,
  signal: AbortSignal,
  maxGroups = 256,
): Promise<number | undefined> {
  const groups = unfinishedGroups(treeOf(job.plan, context.minPartMovies), job.done, maxGroups);
  let last: number | undefined;
  for await (const { ledger } of ledgers(context, job, signal, groups)) {
    if (ledger !== undefined) last = Math.max(last ?? 0, Date.parse(ledger.stored_on));
  }
  return last;
}

/** Groups below children that are missing in the root, or the last group when none is missing. */
function unfinishedGroups(tree: CompletionTree, done: ReadonlySet<number>, maxGroups: number): number[] {
  const groups = tree.levels[0] ?? 0;
  const groupsPerChild = groupsBelow(tree, tree.levels.length - 1, 0).count;
  const unfinished: number[] = [];
  for (let group = 0; group < groups && unfinished.length < maxGroups; group += 1) {
    if (!done.has(Math.floor(group / groupsPerChild))) unfinished.push(group);
  }
  return unfinished.length > 0 ? unfinished : [groups - 1];
}
