// Messages by the time at which they become visible.

import type { Message } from './message.ts';
import { MessageHeap } from './message-heap.ts';

export class TimerHeap extends MessageHeap {
  constructor() {
    super((message) => message.dueAt);
  }

  /** The earliest due time, if any. */
  get nextDueAt(): number | undefined {
    return this.first?.dueAt;
  }

  /** Removes and returns the earliest message that is due at `now`, if any. */
  popDue(now: number): Message | undefined {
    const earliest = this.first;
    if (earliest === undefined || earliest.dueAt > now) return undefined;
    this.remove(earliest);
    return earliest;
  }
}
