// The oracle's checks of DynamoDB and S3: it compares each write with the state before it and with the expected data.

import {
  childrenOf,
  firstChildOf,
  groupsBelow,
  JOB_PART,
  LEDGER_PART,
  parentOf,
  parseGroupKey,
  type TreeNode,
} from '@movie-load/schema';
import type { Item } from '../services/dynamodb.ts';
import { CountedSets } from './counted-sets.ts';
import { Deletions } from './deletions.ts';
import type { ExpectedJob } from './expected.ts';
import type { Invariant } from './invariants.ts';
import { numbersOf } from './numbers.ts';
import { Slices, sliceName } from './slices.ts';
import { type CallEffect, Uploads, type UploadsOptions } from './uploads.ts';

export interface StoredOptions {
  readonly jobs: readonly ExpectedJob[];
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
  /** The current item of a key. */
  readonly item: (hash: string, range: string) => Item | undefined;
  readonly object: (key: string) => Uint8Array | undefined;
  readonly uploadedParts: UploadsOptions['uploadedParts'];
  readonly now: () => number;
}

/** Checks the contents of the table and the bucket at each write. */
export class Stored {
  readonly #violate: StoredOptions['violate'];
  readonly #count: StoredOptions['count'];
  readonly #item: StoredOptions['item'];
  readonly #object: StoredOptions['object'];
  readonly #now: StoredOptions['now'];
  readonly #jobsById: ReadonlyMap<string, ExpectedJob>;
  readonly #slices: Slices;
  readonly #sets: CountedSets;
  /** Jobs whose object an operator has moved away, until it is written again. */
  readonly #movedAway = new Set<ExpectedJob>();
  readonly #startedOn = new Map<string, string>();
  readonly #jobsByObjectKey: ReadonlyMap<string, ExpectedJob>;
  readonly #expectedBytes: ReadonlyMap<string, Buffer>;
  readonly uploads: Uploads;
  readonly deletions: Deletions;

  constructor({ jobs, violate, count, item, object, uploadedParts, now }: StoredOptions) {
    const jobItem = (job: ExpectedJob) => item(job.job_id, JOB_PART);
    this.uploads = new Uploads({ violate, count, jobItem, uploadedParts });
    this.deletions = new Deletions({ violate, count, item, uploadedParts });
    this.#violate = violate;
    this.#count = count;
    this.#item = item;
    this.#object = object;
    this.#now = now;
    this.#jobsById = new Map(jobs.map((job) => [job.job_id, job]));
    this.#sets = new CountedSets(item);
    this.#slices = new Slices({ jobs, violate, count });
    this.#jobsByObjectKey = new Map(jobs.map((job) => [job.objectKey, job]));
    this.#expectedBytes = new Map(jobs.map((job) => [job.job_id, Buffer.from(job.object)]));
  }

  isStored(job: ExpectedJob, number: number): boolean {
    const { first, count: movies } = job.moviesOf(number);
    for (let index = first; index < first + movies; index += 1) if (!this.#slices.has(job, index)) return false;
    return true;
  }

  isCounted(job: ExpectedJob, group: number, number: number): boolean {
    return this.#sets.ledgerOf(job, group).has(number - job.messagesOf(group).first);
  }

  isComplete(job: ExpectedJob): boolean {
    return this.#item(job.job_id, JOB_PART)?.status?.S === 'COMPLETE';
  }

  isObjectCorrect(job: ExpectedJob): boolean {
    const body = this.#object(job.objectKey);
    return body !== undefined && (this.#expectedBytes.get(job.job_id)?.equals(body) ?? false);
  }

  /** What remains of a deleted job besides its markers: names of slices, and the key of its object. */
  remainsOf(job: ExpectedJob): readonly string[] {
    const object = this.#object(job.objectKey) === undefined ? [] : [job.objectKey];
    return [...this.#slices.namesOf(job), ...object];
  }

  /** An operator moves the object away: it may be missing until it is written again. */
  allowMissingObject(job: ExpectedJob): void {
    this.#movedAway.add(job);
  }

  /** A write of one item. */
  itemWritten(before: Item | undefined, after: Item | undefined): void {
    // A delete of an item that does not exist changes nothing.
    if (before === undefined && after === undefined) return;
    const { job_id: { S: hash = '' } = {}, part: { S: part = '' } = {} } = after ?? before ?? {};
    const group = parseGroupKey(hash);
    const job = this.#jobsById.get(group?.job_id ?? hash);
    if (job === undefined || (group !== undefined && group.group >= job.shape.groups)) {
      this.#violate(
        'forged messages change nothing',
        `the item ${hash} ${part} was written, which belongs to none of the jobs`,
      );
      return;
    }
    if (this.deletions.itemWritten(job, part, before, after)) {
      if (group === undefined) return;
      if (part === LEDGER_PART) {
        // The consumer that writes a slice later has to remove it, because the marker refuses to count it.
        const isMarkedNow = before?.deleted_on === undefined && after?.deleted_on !== undefined;
        if (isMarkedNow) this.deletions.ledgerMarked(job, this.#slices.namesOf(job, group.group));
        return;
      }
      this.deletions.sliceChanged(job, sliceName(group.group, part));
      if (after === undefined) this.#slices.sliceRemoved(job, group.group, part);
      else this.#slices.sliceWritten(job, group.group, part, before, after);
      return;
    }
    const [, level, nodeIndex] = /^done#(\d+)#(\d+)$/.exec(part) ?? [];
    if (group !== undefined && part === LEDGER_PART) {
      this.#checkLedger(job, group.group, before, after);
      if (job.tree.partLevel === 0) this.uploads.nodeWritten(job, group.group, before, after);
    } else if (group !== undefined) this.#checkSlice(job, group.group, part, before, after);
    else if (part === JOB_PART) this.#checkJobItem(job, before, after);
    else if (level !== undefined && nodeIndex !== undefined && Number(level) < job.tree.levels.length) {
      this.#checkNode(job, { level: Number(level), node: Number(nodeIndex) }, before, after);
      if (job.tree.partLevel === Number(level)) this.uploads.nodeWritten(job, Number(nodeIndex), before, after);
    } else this.#violate('only known items', `${hash} ${part}`);
  }

  /** An object was written or deleted. */
  objectChanged(key: string): void {
    const job = this.#jobsByObjectKey.get(key);
    const isGone = this.#object(key) === undefined;
    if (isGone && job !== undefined && (this.#movedAway.has(job) || this.deletions.isDeleted(job))) return;
    if (job === undefined || isGone) {
      this.#violate(isGone ? 'no object is removed' : 'no object of another job', key);
      return;
    }
    this.#movedAway.delete(job);
    this.#count(this.isComplete(job) ? 'object written again after COMPLETE' : 'object written');
    if (!this.isObjectCorrect(job)) this.#violate('the object has the generator’s bytes', `${key} at ${this.#now()}`);
  }

  /** A call took effect. Checks uploads to S3, and what consumers have to do after they counted in a ledger or node. */
  callTookEffect(effect: CallEffect): void {
    const { Key, UpdateExpression, ExpressionAttributeValues }: Readonly<Record<string, unknown>> = { ...effect.input };
    const job = typeof Key === 'string' ? this.#jobsByObjectKey.get(Key) : undefined;
    if (job !== undefined && !this.deletions.isDeleted(job)) this.uploads.callTookEffect(job, effect);
    if (typeof UpdateExpression !== 'string' || !UpdateExpression.startsWith('ADD')) return;
    const { ':child': child, ':numbers': numbers } = ExpressionAttributeValues as Item;
    const added = new Set((child ?? numbers)?.NS?.map(Number));
    this.#numbersAdded(Key as Item, added, effect.caller);
  }

  /** A process added numbers to a ledger, or a child to a node. */
  #numbersAdded(
    { job_id: { S: hash = '' } = {}, part: { S: part = '' } = {} }: Item,
    added: ReadonlySet<number>,
    caller: string,
  ): void {
    const groupOfLedger = parseGroupKey(hash);
    const job = this.#jobsById.get(groupOfLedger?.job_id ?? hash);
    if (job === undefined || this.deletions.isDeleted(job)) return;
    const [, node] = /^done#1#(\d+)$/.exec(part) ?? [];
    const { partLevel } = job.tree;
    if (groupOfLedger !== undefined) this.uploads.messagesCounted(job, groupOfLedger.group, added, caller);
    if (partLevel === 0 && groupOfLedger !== undefined && this.#sets.isLedgerFull(job, groupOfLedger.group)) {
      this.uploads.foundNodeFull(job, groupOfLedger.group, caller);
    } else if (partLevel === 1 && node !== undefined && this.#sets.isChildFull(job, 1, Number(node))) {
      this.uploads.foundNodeFull(
        job,
        firstChildOf(job.tree, { level: 1, node: Number(node) }) + Number([...added][0]),
        caller,
      );
    }
  }

  /**
   * The places where a consumer has to continue: full ledgers and nodes that are missing in their parents, and a full
   * root whose job is not COMPLETE. Each has the range of groups (end excluded) of which a message must be left,
   * because only a delivery makes a consumer continue the job.
   */
  *obligations(job: ExpectedJob): Generator<{ readonly what: string; readonly groups: readonly [number, number] }> {
    if (this.isComplete(job)) return;
    for (let level = 0; level < job.tree.levels.length; level += 1) {
      for (let node = 0; node < (job.tree.levels[level] ?? 0); node += 1) {
        if (!this.#sets.isChildFull(job, level, node)) continue;
        const { parent, child } = parentOf(job.tree, level, node);
        const { first, count } = groupsBelow(job.tree, level, node);
        if (this.#sets.nodeOf(job, parent).has(child)) continue;
        yield {
          what: `level ${level} node ${node} is full and missing in its parent`,
          groups: [first, first + count],
        };
      }
    }
    if (this.#sets.isNodeFull(job, { level: 'root' }))
      yield { what: 'the root is full and the job is not COMPLETE', groups: [0, job.shape.groups] };
  }

  /** Checks that a write kept the numbers of a set and stayed below its bound. Returns the numbers that it added. */
  #checkSet(what: string, before: ReadonlySet<number>, after: ReadonlySet<number>, bound: number): number[] {
    for (const number of before) if (!after.has(number)) this.#violate('a set never shrinks', `${what} lost ${number}`);
    for (const number of after) {
      if (number < 0 || number >= bound)
        this.#violate('no set over its bound', `${what} has ${number}, its bound is ${bound}`);
    }
    return [...after].filter((number) => !before.has(number));
  }

  #checkSlice(job: ExpectedJob, group: number, part: string, before: Item | undefined, after: Item | undefined) {
    if (!this.#slices.sliceWritten(job, group, part, before, after)) return;
    for (const number of this.#sets.ledgerOf(job, group)) {
      const message = job.messagesOf(group).first + number;
      if (!this.isStored(job, message))
        this.#violate('counted stays stored', `message ${message} was counted, and its movies are no longer stored`);
    }
  }

  #checkLedger(job: ExpectedJob, group: number, before: Item | undefined, after: Item | undefined) {
    const { first, count: messages } = job.messagesOf(group);
    if (Number(after?.expected?.N) !== messages)
      this.#violate('the ledger knows its group', `the ledger of group ${group} expects another number of messages`);
    const set = numbersOf(after, 'stored');
    const added = this.#checkSet(`ledger ${group}`, numbersOf(before, 'stored'), set, messages);
    for (const number of added) {
      if (!this.isStored(job, first + number)) {
        this.#violate(
          'counted ⇒ stored',
          `message ${first + number} is in the ledger of group ${group}, and its movies are not stored`,
        );
      }
    }
    this.#count(added.length === 0 ? 'ledger: nothing new' : set.size === messages ? 'ledger: full' : 'ledger: grows');
  }

  #checkNode(job: ExpectedJob, treeNode: TreeNode, before: Item | undefined, after: Item | undefined) {
    const children = childrenOf(job.tree, treeNode);
    const name = treeNode.level === 'root' ? 'root' : `node ${treeNode.level}/${treeNode.node}`;
    const set = numbersOf(after, 'done');
    const added = this.#checkSet(name, numbersOf(before, 'done'), set, children);
    const level = treeNode.level === 'root' ? job.tree.levels.length - 1 : treeNode.level - 1;
    for (const child of added) {
      if (!this.#sets.isChildFull(job, level, firstChildOf(job.tree, treeNode) + child)) {
        this.#violate('finished ⇒ full', `${name} has child ${child}, which is not full`);
      }
    }
    const kind = treeNode.level === 'root' ? 'root' : 'tree node';
    if (added.length > 0) this.#count(set.size === children ? `${kind}: full` : `${kind}: grows`);
    return added.length;
  }

  #checkJobItem(job: ExpectedJob, before: Item | undefined, after: Item | undefined) {
    if (after === undefined) return this.#violate('a job stays', 'the job item was removed');
    const wasComplete = before?.status?.S === 'COMPLETE';
    if (wasComplete && after.status?.S !== 'COMPLETE')
      this.#violate('COMPLETE stays', 'the job is not COMPLETE any more');
    const started = after.started_on?.S ?? '';
    if ((this.#startedOn.get(job.job_id) ?? started) !== started)
      this.#violate('the first message decides', 'started_on changed');
    this.#startedOn.set(job.job_id, started);
    const addedCount = this.#checkNode(job, { level: 'root' }, before, after);
    if (before === undefined) this.#count('job created');
    if (!wasComplete && after.status?.S === 'COMPLETE') {
      this.#count('job COMPLETE');
      this.checkComplete(job, 'when it became COMPLETE');
    } else if (before !== undefined && addedCount === 0 && before.upload_id?.S === after.upload_id?.S) {
      this.#count('root: nothing new');
    }
    this.uploads.jobItemWritten(job, before, after);
  }

  checkComplete(job: ExpectedJob, when: string) {
    if (!this.#sets.isNodeFull(job, { level: 'root' }))
      this.#violate('COMPLETE ⇒ all counted', `the root is not full ${when}`);
    for (let group = 0; group < job.shape.groups; group += 1) {
      if (!this.#sets.isLedgerFull(job, group))
        this.#violate('COMPLETE ⇒ all counted', `the ledger of group ${group} is not full ${when}`);
    }
    for (let index = 0; index < job.plan.movies; index += 1) {
      if (!this.#slices.has(job, index)) this.#violate('COMPLETE ⇒ all stored', `movie ${index} is not stored ${when}`);
    }
    if (!this.#movedAway.has(job) && !this.isObjectCorrect(job))
      this.#violate('COMPLETE ⇒ object', `${job.objectKey} is missing or has other bytes ${when}`);
  }
}
