// What is known of a job's groups, so that each look at a running job reads only what may have changed. Pure.
import { type JobPlan, type JobShape, messagesOfGroup, shapeOf } from '@movie-load/schema';

export interface JobMap {
  readonly shape: JobShape;
  /** Stored messages of the groups that were read. */
  readonly storedMessages: number;
  /** True when every group was read, or is full (a full ledger stays full). */
  readonly allRead: boolean;
  readonly openGroups: number;
  isFull(group: number): boolean;
  /** Takes what a ledger holds. */
  note(group: number, stored: number): void;
  noteFull(group: number): void;
  noteAllFull(): void;
  /** Up to `budget` groups that are not full: those half full first, then the others in turn. */
  nextToRead(budget: number): number[];
  /** Per bucket of groups the share that is stored, 0 to 100 (100 only when all is); at most `most` buckets. */
  heat(most: number): { readonly groupsPerBucket: number; readonly percent: number[] };
}

const UNREAD = -1;

export function createJobMap(plan: JobPlan): JobMap {
  const shape = shapeOf(plan);
  const sizeOf = (group: number) => messagesOfGroup(shape, group).count;
  // At most 200 a group, and −1.
  const counts = new Int16Array(shape.groups).fill(UNREAD);
  let storedMessages = 0;
  let unread = shape.groups;
  let openGroups = shape.groups;
  let turn = 0;
  let filling = new Set<number>();

  const note = (group: number, stored: number) => {
    const before = counts[group] ?? UNREAD;
    const size = sizeOf(group);
    const now = Math.min(stored, size);
    if (now <= before) return;
    counts[group] = now;
    storedMessages += now - Math.max(before, 0);
    if (before === UNREAD) unread--;
    if (now < size && now > 0) filling.add(group);
    if (now === size) {
      filling.delete(group);
      openGroups--;
    }
  };

  return {
    shape,
    get storedMessages() {
      return storedMessages;
    },
    get allRead() {
      return unread === 0;
    },
    get openGroups() {
      return openGroups;
    },
    isFull: (group) => counts[group] === sizeOf(group),
    note,
    noteFull: (group) => note(group, sizeOf(group)),
    noteAllFull() {
      if (openGroups === 0) return;
      for (let group = 0; group < shape.groups; group++) counts[group] = sizeOf(group);
      storedMessages = shape.messages;
      unread = 0;
      openGroups = 0;
      filling = new Set();
    },
    nextToRead(budget) {
      const next = new Set([...filling].slice(0, Math.ceil(budget / 2)));
      for (let looked = 0; looked < shape.groups && next.size < Math.min(budget, openGroups); looked++) {
        if (counts[turn] !== sizeOf(turn)) next.add(turn);
        turn = (turn + 1) % shape.groups;
      }
      // What was read first goes to the end, so that many half-full groups take turns too.
      for (const group of next) if (filling.delete(group)) filling.add(group);
      return [...next];
    },
    heat(most) {
      const groupsPerBucket = Math.ceil(shape.groups / most);
      const percent: number[] = [];
      for (let first = 0; first < shape.groups; first += groupsPerBucket) {
        const end = Math.min(first + groupsPerBucket, shape.groups);
        let [stored, size] = [0, 0];
        for (let group = first; group < end; group++) {
          stored += Math.max(counts[group] ?? 0, 0);
          size += sizeOf(group);
        }
        percent.push(stored === size ? 100 : Math.min(99, Math.round((100 * stored) / size)));
      }
      return { groupsPerBucket, percent };
    },
  };
}
