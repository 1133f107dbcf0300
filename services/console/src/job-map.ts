// The known state of a job's groups, so that each read of a running job reads only ledgers that may have changed. Pure.
import { type JobPlan, type JobShape, messagesOfGroup, shapeOf } from '@movie-load/schema';

const UNREAD = -1;

export class JobMap {
  readonly shape: JobShape;
  /** Stored messages by group: up to 200, or −1 for a group that was not read. */
  readonly #counts: Int16Array;
  /** Partly stored groups (neither empty nor full); the one that was read longest ago comes first. */
  readonly #filling = new Set<number>();
  #storedMessages = 0;
  #openGroups: number;
  /** Where `nextToRead` continues to go through all groups. */
  #nextGroup = 0;

  constructor(plan: JobPlan) {
    this.shape = shapeOf(plan);
    this.#counts = new Int16Array(this.shape.groups).fill(UNREAD);
    this.#openGroups = this.shape.groups;
  }

  /** Stored messages of the groups that were read. */
  get storedMessages(): number {
    return this.#storedMessages;
  }

  /** Number of groups that are not known to be full. */
  get openGroups(): number {
    return this.#openGroups;
  }

  isFull(group: number): boolean {
    return this.#counts[group] === this.#sizeOf(group);
  }

  /** Records how many messages a group's ledger contains. */
  recordStored(group: number, stored: number): void {
    const before = this.#counts[group] ?? UNREAD;
    const size = this.#sizeOf(group);
    const after = Math.min(stored, size);
    if (after <= before) return;
    this.#counts[group] = after;
    this.#storedMessages += after - Math.max(before, 0);
    if (after < size && after > 0) this.#filling.add(group);
    if (after === size) {
      this.#filling.delete(group);
      this.#openGroups--;
    }
  }

  recordFull(group: number): void {
    this.recordStored(group, this.#sizeOf(group));
  }

  recordAllFull(): void {
    if (this.#openGroups === 0) return;
    for (let group = 0; group < this.shape.groups; group++) this.recordFull(group);
  }

  /**
   * Returns up to `budget` groups that are not known to be full. At most half of them are chosen because they are partly
   * stored, which are the most likely to change; the others are all groups in turn.
   */
  nextToRead(budget: number): number[] {
    const { groups } = this.shape;
    const next = new Set([...this.#filling].slice(0, Math.ceil(budget / 2)));
    for (let step = 0; step < groups && next.size < Math.min(budget, this.#openGroups); step++) {
      if (!this.isFull(this.#nextGroup)) next.add(this.#nextGroup);
      this.#nextGroup = (this.#nextGroup + 1) % groups;
    }
    // The returned groups move to the end of `#filling`, so that partly stored groups take turns, too.
    for (const group of next) if (this.#filling.delete(group)) this.#filling.add(group);
    return [...next];
  }

  /** The stored share of each bucket of groups, 0 to 100 (100 only if all is stored); at most `maxBuckets` buckets. */
  heat(maxBuckets: number): { readonly groupsPerBucket: number; readonly percent: number[] } {
    const { groups } = this.shape;
    const groupsPerBucket = Math.ceil(groups / maxBuckets);
    const percent: number[] = [];
    for (let first = 0; first < groups; first += groupsPerBucket) {
      const end = Math.min(first + groupsPerBucket, groups);
      let [stored, size] = [0, 0];
      for (let group = first; group < end; group++) {
        stored += Math.max(this.#counts[group] ?? 0, 0);
        size += this.#sizeOf(group);
      }
      percent.push(stored === size ? 100 : Math.min(99, Math.round((100 * stored) / size)));
    }
    return { groupsPerBucket, percent };
  }

  #sizeOf(group: number): number {
    return messagesOfGroup(this.shape, group).count;
  }
}
