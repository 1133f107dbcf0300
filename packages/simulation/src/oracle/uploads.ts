// The oracle's checks of the parts of objects: it compares S3's uploads with the table's records of them.

import type { Item } from '../services/dynamodb.ts';
import type { ExpectedJob } from './expected.ts';
import type { Invariant } from './invariants.ts';

export interface UploadsOptions {
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
  /** The job's current item. */
  readonly jobItem: (job: ExpectedJob) => Item | undefined;
  /** Numbers of the parts that an upload has, from 1; undefined when S3 has no such upload. */
  readonly uploadedParts: (id: string) => ReadonlySet<number> | undefined;
}

/** A call that took effect. */
export interface CallEffect {
  readonly caller: string;
  readonly operation: string;
  readonly input: object;
}

type Input = Readonly<Record<string, unknown>>;

/** Repairs use an upload of their own, which no item records. The process of a repair is called `verify.<n>`. */
const isRepair = (caller: string) => caller.startsWith('verify');

/**
 * A process counted messages of a group and found that the node of the group's part is full: it has to write the part
 * before it deletes these messages, if it knows the upload.
 */
interface FullNode {
  /** The messages that it had counted, from the group's first. It may delete them once the part is written. */
  readonly numbers: ReadonlySet<number>;
  /** The job's upload, if the process knew it then. */
  readonly upload: string | undefined;
}

export class Uploads {
  readonly #options: UploadsOptions;
  readonly #writtenParts = new Set<string>();
  /** The uploads that each process knows, because it has written a part of them. */
  readonly #knownTo = new Map<string, Set<string>>();
  /** The full nodes that were found, by process and group. */
  readonly #fullNodes = new Map<string, FullNode>();
  /** The numbers that a process counted last in a ledger, by process and group. */
  readonly #counted = new Map<string, ReadonlySet<number>>();
  /** Jobs that were COMPLETE long enough ago that no call of them is in flight. */
  readonly #mayNotUpload = new Set<ExpectedJob>();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** From now on no consumer may upload anything of the job. */
  expectNoUploads(job: ExpectedJob): void {
    this.#mayNotUpload.add(job);
  }

  /** The job's item was written. */
  jobItemWritten(job: ExpectedJob, before: Item | undefined, after: Item): void {
    const { violate, count, uploadedParts } = this.#options;
    const [previousUpload, currentUpload] = [before?.upload_id?.S, after.upload_id?.S];
    const bytes = after.object_bytes?.N;
    if (currentUpload !== undefined && currentUpload !== previousUpload) {
      count(previousUpload === undefined ? 'upload recorded' : 'upload replaced');
      if (after.status?.S !== 'RUNNING') violate('a COMPLETE job gets no upload', `${currentUpload} was recorded`);
      if (previousUpload !== undefined && uploadedParts(previousUpload) !== undefined)
        violate(
          'only an upload that is gone is replaced',
          `${previousUpload} still exists, and ${currentUpload} was recorded in its place`,
        );
      if (bytes !== undefined)
        violate('an upload begins without a size', `${currentUpload} was recorded with ${bytes} bytes`);
    }
    if (bytes === undefined || bytes === before?.object_bytes?.N) return;
    if (after.status?.S === 'RUNNING') count('size of the object recorded');
    if (Number(bytes) !== Buffer.byteLength(job.object))
      violate('the recorded size is that of the object', `${bytes} bytes instead of ${Buffer.byteLength(job.object)}`);
  }

  /** The node (or ledger) of a part was written. Parts are counted from 0 here. */
  nodeWritten(job: ExpectedJob, part: number, before: Item | undefined, after: Item | undefined): void {
    const id = after?.part_upload?.S;
    if (id === undefined || id === before?.part_upload?.S) return;
    const { violate, count, uploadedParts } = this.#options;
    count('part noted');
    const parts = uploadedParts(id);
    if (parts !== undefined && !parts.has(part + 1))
      violate(
        'what is noted is written',
        `part ${part + 1} of ${job.plan.nonce} is noted on its node, and its upload does not have it`,
      );
  }

  /** A process counted these messages in a ledger. */
  messagesCounted(job: ExpectedJob, group: number, numbers: ReadonlySet<number>, caller: string): void {
    this.#counted.set(`${caller} ${job.job_id} ${group}`, numbers);
  }

  /** A process that stored messages of a group got the answer that the node of its part is full. */
  foundNodeFull(job: ExpectedJob, group: number, caller: string): void {
    const current = this.#options.jobItem(job)?.upload_id?.S;
    const knowsUpload = current !== undefined && this.#knownTo.get(caller)?.has(current);
    const key = `${caller} ${job.job_id} ${group}`;
    this.#fullNodes.set(key, {
      numbers: this.#counted.get(key) ?? new Set(),
      upload: knowsUpload ? current : undefined,
    });
  }

  /**
   * A process logged that it leaves a part to the consumer that completes the job. So it need not write the parts whose
   * full nodes it found before.
   */
  partLeftToEnd(caller: string): void {
    for (const key of this.#fullNodes.keys()) if (key.startsWith(`${caller} `)) this.#fullNodes.delete(key);
  }

  /** A process deleted a message of a group, by its number from the group's first. */
  messageDeleted(job: ExpectedJob, group: number, number: number, caller: string): void {
    const { jobItem, uploadedParts, violate } = this.#options;
    const part = partOf(job, group);
    if (part === undefined) return;
    const item = jobItem(job);
    const fullNode = this.#fullNodes.get(`${caller} ${job.job_id} ${group}`);
    const current = fullNode?.numbers.has(number) ? fullNode.upload : undefined;
    if (current === undefined || item?.status?.S !== 'RUNNING' || item.upload_id?.S !== current) return;
    const parts = uploadedParts(current);
    if (parts !== undefined && !parts.has(part + 1))
      violate('who finds a part missing writes it', `${caller} knows the upload, which does not have part ${part + 1}`);
  }

  callTookEffect(job: ExpectedJob, { caller, operation, input }: CallEffect): void {
    const { UploadId, PartNumber, Body }: Input = { ...input };
    const { violate, count, jobItem } = this.#options;
    const item = jobItem(job);
    const isRecorded = item?.upload_id?.S === UploadId;
    const mayUpload = isRepair(caller) || !this.#mayNotUpload.has(job);
    if (!mayUpload && ['CreateMultipartUpload', 'UploadPart', 'PutObject'].includes(operation))
      violate('a job that is sent twice uploads nothing twice', `${caller}: ${operation} of ${job.plan.nonce}`);
    if (operation === 'UploadPart') {
      const name = `${UploadId} ${PartNumber}`;
      const isFirst = !this.#writtenParts.has(name);
      this.#writtenParts.add(name);
      if (isFirst) count('part written');
      else count(item?.object_bytes === undefined ? 'part written again' : 'part written again at the end');
      const knownUploads = this.#knownTo.get(caller) ?? new Set();
      this.#knownTo.set(caller, knownUploads.add(String(UploadId)));
      const expected = job.parts[Number(PartNumber) - 1];
      if (!(Body instanceof Uint8Array) || expected?.equals(Body) !== true)
        violate('a part’s bytes follow from its number', `part ${PartNumber} of ${job.plan.nonce} has other bytes`);
    }
    if (isRepair(caller)) return;
    if (operation === 'CompleteMultipartUpload' && !isRecorded)
      violate('only the recorded upload is completed', `${caller} completed ${UploadId} of ${job.plan.nonce}`);
    if (operation === 'AbortMultipartUpload' && isRecorded)
      violate('no process aborts the recorded upload', `${caller} aborted ${UploadId} of ${job.plan.nonce}`);
  }
}

/** The part that a group belongs to; undefined when the job's parts have no nodes. */
function partOf({ tree }: ExpectedJob, group: number): number | undefined {
  if (tree.partLevel === undefined) return undefined;
  return tree.partLevel === 0 ? group : Math.floor(group / (tree.fanOuts[1] ?? 1));
}
