// What every process promises of its calls, checked at each: it makes none once it is done, each can be aborted by its caller,
// and after an interrupt only what cleans up is called.
import type { EntryFault } from '../engine/faults.ts';

/** A call that a process makes, when it makes it. */
export interface CallBegun {
  readonly operation: string;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
}

export interface CallWatchOptions {
  readonly name: string;
  readonly violate: (invariant: string, detail: string) => void;
  readonly count: (branch: string) => void;
}

/** After an interrupt: what was sent is deleted, what was received is released, what was uploaded is freed. */
const CLEANS_UP = new Set(['DeleteMessageBatch', 'ChangeMessageVisibilityBatch', 'AbortMultipartUpload']);
/** Its answer has the upload's id, without which nothing frees it. */
const NEVER_ABORTED = new Set(['CreateMultipartUpload']);
/** Commands never abort these: the answer has the handles of what was received; the others are how they clean up. */
const NEVER_ABORTED_BY_COMMANDS = new Set(['ReceiveMessage', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']);

export class CallWatch {
  readonly #options: CallWatchOptions;
  readonly #isCommand: boolean;
  readonly #listeners: ((call: CallBegun) => void)[] = [];
  readonly #fates = new Set<EntryFault>();
  #isDone = false;
  #isInterrupted = false;

  constructor(options: CallWatchOptions) {
    this.#options = options;
    this.#isCommand = !options.name.startsWith('consumer');
  }

  /** `listener` is called for each call that begins. */
  onCall(listener: (call: CallBegun) => void): void {
    this.#listeners.push(listener);
  }

  begins(call: CallBegun): void {
    const { name, violate, count } = this.#options;
    const { operation, signal } = call;
    if (this.#isDone) violate('nothing goes on behind the caller’s back', `${name} has ended, and calls ${operation}`);
    if (this.#isInterrupted) {
      count('called after an interrupt, to clean up');
      if (!CLEANS_UP.has(operation)) violate('an interrupt ends the work', `${name} calls ${operation} after it`);
    }
    const isExempt = NEVER_ABORTED.has(operation) || (this.#isCommand && NEVER_ABORTED_BY_COMMANDS.has(operation));
    if (signal === undefined && !isExempt)
      violate('every call gets its caller’s signal', `${name} calls ${operation} without one`);
    for (const listener of this.#listeners) listener(call);
  }

  /** A fault that befell an entry of its batches. */
  befell(fate: EntryFault): void {
    this.#fates.add(fate);
  }

  hasMet(fate: EntryFault): boolean {
    return this.#fates.has(fate);
  }

  interrupted(): void {
    this.#isInterrupted = true;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** The caller heard how it ended, well or not. */
  done(): void {
    this.#isDone = true;
  }
}
