// Checks the promises of every process about its calls: it makes none after it has ended, its caller can abort each
// call, and after an interrupt it only cleans up.

import type { EntryFault } from '../engine/faults.ts';
import type { Invariant } from '../oracle/invariants.ts';
import { type Settlement, Settlements } from './settled.ts';

/** A call when a process makes it. */
export interface CallBegun {
  readonly operation: string;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
}

export interface CallWatchOptions {
  readonly name: string;
  readonly violate: (invariant: Invariant, detail: string) => void;
  readonly count: (branch: string) => void;
}

/** Calls after an interrupt: sent messages are deleted, received ones released, uploads aborted. */
const CLEANS_UP = new Set(['DeleteMessageBatch', 'ChangeMessageVisibilityBatch', 'AbortMultipartUpload']);
/** A call whose answer has the upload's id, without which the upload cannot be aborted. */
const NEVER_ABORTED = new Set(['CreateMultipartUpload']);
/** Calls that commands never abort: a receive, whose answer has the handles, and those that clean up. */
const NEVER_ABORTED_BY_COMMANDS = new Set(['ReceiveMessage', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']);

/** How often a command tries to delete, and to release. */
const DELETE_TRIES = 3;
const RELEASE_TRIES = 4;

export class CallWatch {
  /** The state of the messages that it received. */
  readonly settled = new Settlements();
  readonly #options: CallWatchOptions;
  readonly #isCommand: boolean;
  readonly #listeners: ((call: CallBegun) => void)[] = [];
  readonly #answerListeners: ((operation: string, input: object) => void)[] = [];
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

  /** `listener` is called with each answer that the process gets, after `settled`. */
  onAnswer(listener: (operation: string, input: object) => void): void {
    this.#answerListeners.push(listener);
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
    this.settled.begins(operation, call.input);
    for (const listener of this.#listeners) listener(call);
  }

  answered(operation: string, input: object, output: object | undefined): void {
    this.settled.answered(operation, input, output);
    for (const listener of this.#answerListeners) listener(operation, input);
  }

  /** A fault of an entry of its batches. */
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

  /** The caller got the answer or the error of a call. */
  done(): void {
    this.#isDone = true;
    if (!this.#isCommand) return;
    const { name, violate } = this.#options;
    for (const settlement of this.settled.all().values()) {
      if (!isSettled(settlement))
        violate('a command settles what it received', `${name} leaves a message: ${JSON.stringify(settlement)}`);
    }
  }
}

/** Whether a message is deleted or released, or that was tried often enough. */
function isSettled({ kind, outcome, tries, seconds }: Settlement): boolean {
  if (kind === 'received') return false;
  if (kind === 'deleted') return outcome !== 'failed' || tries >= DELETE_TRIES;
  return outcome === 'for_good' || (seconds === 0 && (outcome !== 'failed' || tries >= RELEASE_TRIES));
}
