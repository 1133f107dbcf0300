// The known state of a job's groups, so that a look at a running job reads only groups that may have changed. Pure.
import { type JobPlan, type JobShape, messagesOfGroup, shapeOf } from '@movie-load/schema';

const UNREAD = -1;

export class JobMap {
  readonly shape: JobShape;
  /** Stored messages by group: up to 200, or −1 for a group that was not read. */
  readonly #counts: Int16Array;
  /** Groups that are neither empty nor full, the longest unread first. */
  readonly #filling = new Set<number>();
  #storedMessages = 0;
  #openGroups: number;
  #turn = 0;

  constructor(plan: JobPlan) {
    this.shape = shapeOf(plan);
    this.#counts = new Int16Array(this.shape.groups).fill(UNREAD);
    this.#openGroups = this.shape.groups;
  }

  /** Stored messages of the groups that were read. */
  get storedMessages(): number {
    return this.#storedMessages;
  }

  get openGroups(): number {
    return this.#openGroups;
  }

  isFull(group: number): boolean {
    return this.#counts[group] === this.#sizeOf(group);
  }

  /** Records the contents of a ledger. */
  note(group: number, stored: number): void {
    const before = this.#counts[group] ?? UNREAD;
    const size = this.#sizeOf(group);
    const now = Math.min(stored, size);
    if (now <= before) return;
    this.#counts[group] = now;
    this.#storedMessages += now - Math.max(before, 0);
    if (now < size && now > 0) this.#filling.add(group);
    if (now === size) {
      this.#filling.delete(group);
      this.#openGroups--;
    }
  }

  noteFull(group: number): void {
    this.note(group, this.#sizeOf(group));
  }

  noteAllFull(): void {
    if (this.#openGroups === 0) return;
    for (let group = 0; group < this.shape.groups; group++) this.noteFull(group);
  }

  /** Returns up to `budget` incomplete groups: half-full ones first, then the others in turn. */
  nextToRead(budget: number): number[] {
    const { groups } = this.shape;
    const next = new Set([...this.#filling].slice(0, Math.ceil(budget / 2)));
    for (let looked = 0; looked < groups && next.size < Math.min(budget, this.#openGroups); looked++) {
      if (!this.isFull(this.#turn)) next.add(this.#turn);
      this.#turn = (this.#turn + 1) % groups;
    }
    // Groups that were read go to the end, so that many half-full groups take turns, too.
    for (const group of next) if (this.#filling.delete(group)) this.#filling.add(group);
    return [...next];
  }

  /** The stored share of each bucket of groups, 0 to 100 (100 only if all is stored), in at most `most` buckets. */
  heat(most: number): { readonly groupsPerBucket: number; readonly percent: number[] } {
    const { groups } = this.shape;
    const groupsPerBucket = Math.ceil(groups / most);
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
