// The oracle's checks of deleted jobs. It recognises them only by the markers in the table.
import { JOB_PART, LEDGER_PART } from '@movie-load/schema';
import type { Item } from '../services/dynamodb.ts';
import type { ExpectedJob } from './expected.ts';
import type { Invariant } from './invariants.ts';

export interface DeletionsOptions {
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
  /** The current item of a key. */
  readonly item: (hash: string, range: string) => Item | undefined;
  /** Undefined when S3 has no such upload. */
  readonly uploadedParts: (id: string) => ReadonlySet<number> | undefined;
}

const isMarker = (item: Item | undefined): boolean => item?.deleted_on !== undefined;

export class Deletions {
  readonly #options: DeletionsOptions;
  readonly #forced = new Set<ExpectedJob>();
  readonly #deleted = new Set<ExpectedJob>();
  /** Slices that existed when the ledger of their group was marked: the deletion itself has to remove them. */
  readonly #slicesToRemove = new Map<ExpectedJob, Set<string>>();

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** An operator deletes the job with `--force`: it may be RUNNING. */
  allowForce(job: ExpectedJob): void {
    this.#forced.add(job);
  }

  /** Whether a deletion has marked the job's item. It may still be removing the rest, see `isFinished`. */
  isDeleted(job: ExpectedJob): boolean {
    return this.#deleted.has(job);
  }

  /** A ledger was marked while these slices existed. */
  ledgerMarked(job: ExpectedJob, slices: Iterable<string>): void {
    this.#slicesToRemove.set(job, new Set([...(this.#slicesToRemove.get(job) ?? []), ...slices]));
  }

  /** A slice was removed, or written again: then the consumer that wrote it has to remove it, not the deletion. */
  sliceChanged(job: ExpectedJob, slice: string): void {
    this.#slicesToRemove.get(job)?.delete(slice);
  }

  /** A deletion has completed. */
  isFinished(job: ExpectedJob): boolean {
    return this.#options.item(job.job_id, JOB_PART)?.status?.S === 'DELETED';
  }

  /** Checks a write of one item. Returns whether it is of a deleted job, for which other rules do not hold. */
  itemWritten(job: ExpectedJob, part: string, before: Item | undefined, after: Item | undefined): boolean {
    const { violate } = this.#options;
    if (isMarker(before) && !isMarker(after)) violate('a deleted job does not come back', `${part} was a marker`);
    if (isMarker(after)) this.#markerWritten(job, part, before, after);
    else if (this.isFinished(job) && (part === LEDGER_PART || part.startsWith('done#')))
      violate('nothing of a deleted job is counted', `${part} of ${job.plan.nonce}`);
    return this.isDeleted(job);
  }

  #markerWritten(job: ExpectedJob, part: string, before: Item | undefined, after: Item | undefined): void {
    const { violate, count } = this.#options;
    if (after?.stored !== undefined || after?.done !== undefined)
      violate('nothing is counted in a marker', `${part} of ${job.plan.nonce}`);
    if (part !== JOB_PART) {
      count('marker of a ledger or node');
      if (!this.isDeleted(job)) violate('a job is marked before its ledgers', `${part} of ${job.plan.nonce}`);
      return;
    }
    if (!isMarker(before)) {
      count(before?.status?.S === 'RUNNING' ? 'job deleted while RUNNING' : 'job deleted');
      this.#deleted.add(job);
      if (before?.status?.S === 'RUNNING' && !this.#forced.has(job))
        violate('a RUNNING job is deleted by force only', job.plan.nonce);
    }
    if (after?.status?.S === 'DELETED') this.#deletionFinished(job, before?.upload_id?.S);
  }

  /** Checks that everything is marked and removed: later writes must find only markers. */
  #deletionFinished(job: ExpectedJob, upload: string | undefined): void {
    const { violate, item, uploadedParts } = this.#options;
    if (upload !== undefined && uploadedParts(upload) !== undefined)
      violate('a deletion aborts the upload', `${upload} of ${job.plan.nonce}`);
    const remaining = this.#slicesToRemove.get(job) ?? new Set();
    if (remaining.size > 0) violate('a deletion removes what was stored before', [...remaining].join(', '));
    const unmarked = [...keysOf(job)].filter(([hash, part]) => !isMarker(item(hash, part)));
    if (unmarked.length > 0)
      violate('a deletion ends when everything is marked', unmarked.map((key) => key.join(' ')).join(', '));
  }
}

/** The ledgers and the nodes of the tree. */
function* keysOf({ job_id, shape, tree }: ExpectedJob): Generator<readonly [hash: string, part: string]> {
  for (let group = 0; group < shape.groups; group += 1) yield [`${job_id}#${group}`, LEDGER_PART];
  for (let level = 1; level < tree.levels.length; level += 1) {
    for (let node = 0; node < (tree.levels[level] ?? 0); node += 1) yield [job_id, `done#${level}#${node}`];
  }
}
