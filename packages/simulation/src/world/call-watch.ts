// Checks the calls of a process: it makes none after it has ended, its caller can abort each call, and after an
// interrupt it only cleans up.

import type { EntryFault } from '../engine/faults.ts';
import type { Invariant } from '../oracle/invariants.ts';
import { type Settlement, Settlements } from './settlements.ts';

/** A call when a process makes it. */
export interface WatchedCall {
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
const CLEANUP_CALLS = new Set(['DeleteMessageBatch', 'ChangeMessageVisibilityBatch', 'AbortMultipartUpload']);
/** A call whose answer has the upload's id, without which the upload cannot be aborted. */
const NEVER_ABORTED = new Set(['CreateMultipartUpload']);
/** Calls that commands never abort: a receive, whose answer has the handles, and those that clean up. */
const NEVER_ABORTED_BY_COMMANDS = new Set(['ReceiveMessage', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']);

/** The attempts of a command to delete and to release a message. */
const DELETE_ATTEMPTS = 3;
const RELEASE_ATTEMPTS = 4;

export class CallWatch {
  /** What the process did last with each message that it received. */
  readonly settlements = new Settlements();
  readonly #options: CallWatchOptions;
  readonly #isCommand: boolean;
  readonly #listeners: ((call: WatchedCall) => void)[] = [];
  readonly #answerListeners: ((operation: string, input: object) => void)[] = [];
  readonly #entryFaults = new Set<EntryFault>();
  #hasEnded = false;
  #isInterrupted = false;

  constructor(options: CallWatchOptions) {
    this.#options = options;
    this.#isCommand = !options.name.startsWith('consumer');
  }

  /** `listener` is called for each call that begins. */
  addCallListener(listener: (call: WatchedCall) => void): void {
    this.#listeners.push(listener);
  }

  /** `listener` is called with each answer that the process gets, after `settlements`. */
  addAnswerListener(listener: (operation: string, input: object) => void): void {
    this.#answerListeners.push(listener);
  }

  callStarted(call: WatchedCall): void {
    const { name, violate, count } = this.#options;
    const { operation, signal } = call;
    if (this.#hasEnded)
      violate('nothing goes on behind the caller’s back', `${name} has ended, and calls ${operation}`);
    if (this.#isInterrupted) {
      count('called after an interrupt, to clean up');
      if (!CLEANUP_CALLS.has(operation)) violate('an interrupt ends the work', `${name} calls ${operation} after it`);
    }
    const isExempt = NEVER_ABORTED.has(operation) || (this.#isCommand && NEVER_ABORTED_BY_COMMANDS.has(operation));
    if (signal === undefined && !isExempt)
      violate('every call gets its caller’s signal', `${name} calls ${operation} without one`);
    this.settlements.callStarted(operation, call.input);
    for (const listener of this.#listeners) listener(call);
  }

  callAnswered(operation: string, input: object, output: object | undefined): void {
    this.settlements.callAnswered(operation, input, output);
    for (const listener of this.#answerListeners) listener(operation, input);
  }

  /** An entry of one of the process's batches failed. */
  entryFaultStruck(entryFault: EntryFault): void {
    this.#entryFaults.add(entryFault);
  }

  hasSeenFault(entryFault: EntryFault): boolean {
    return this.#entryFaults.has(entryFault);
  }

  interrupt(): void {
    this.#isInterrupted = true;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** The process has ended: from now on it may make no call, and a command must have settled its messages. */
  processEnded(): void {
    this.#hasEnded = true;
    if (!this.#isCommand) return;
    const { name, violate } = this.#options;
    for (const settlement of this.settlements.all().values()) {
      if (!isSettled(settlement))
        violate('a command settles what it received', `${name} leaves a message: ${JSON.stringify(settlement)}`);
    }
  }
}

/** Whether a message is deleted or released, or the command has tried this often enough. */
function isSettled({ kind, outcome, attempts, seconds }: Settlement): boolean {
  if (kind === 'received') return false;
  if (kind === 'deleted') return outcome !== 'failed' || attempts >= DELETE_ATTEMPTS;
  return outcome === 'for_good' || (seconds === 0 && (outcome !== 'failed' || attempts >= RELEASE_ATTEMPTS));
}
