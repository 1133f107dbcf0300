// Checks the invariants of the protocol whenever a call takes effect. It reads the services' own state, and uses no
// code of the protocol.
import type { AcceptedMessage, SqsListener } from '../services/sqs-watch.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createIdentifier, type ExpectedJob } from './expected.ts';
import { type BranchListener, Findings, type Violation } from './findings.ts';
import { createHolders, type Holders } from './holders.ts';
import { Messages } from './messages.ts';
import { Obligations } from './obligations.ts';
import { Stored, type StoredOptions } from './stored.ts';

export interface OracleOptions extends Pick<StoredOptions, 'item' | 'object' | 'uploadedParts' | 'now'> {
  readonly jobs: readonly ExpectedJob[];
  readonly queue: string;
  readonly dlq: string;
  readonly liveMessages: (queue: string) => Iterable<AcceptedMessage>;
  readonly onBranch?: BranchListener;
}

/** A successful send of a producer or resume, to be compared with the messages that the queue accepted. */
export interface SuccessfulSend {
  readonly job: ExpectedJob;
  readonly numbers: readonly number[];
  /** The process that sends. */
  readonly caller: string;
  /** The result of `oracle.sendCount()` before the send began. */
  readonly since: number;
}

export class Oracle {
  readonly stored: Stored;
  readonly deadLetters: DeadLetters;
  readonly count: Findings['count'];
  readonly violate: Findings['violate'];
  readonly identify: ReturnType<typeof createIdentifier>;
  readonly #now: () => number;
  readonly #findings: Findings;
  readonly #holders: Holders;
  readonly #obligations: Obligations;
  readonly #messages: Messages;
  #progressRequiredFrom = Number.POSITIVE_INFINITY;

  constructor({ jobs, queue, dlq, liveMessages, item, object, uploadedParts, now, onBranch }: OracleOptions) {
    const findings = new Findings(onBranch);
    const { violate, count } = findings;
    const identify = createIdentifier(jobs);
    const holders = createHolders(now);
    const deadLetters = createDeadLetters({ violate, count });
    const stored = new Stored({ jobs, violate, count, item, object, uploadedParts, now });
    const obligations = new Obligations({ jobs, queues: [queue, dlq], liveMessages, identify, stored, violate });
    this.stored = stored;
    this.deadLetters = deadLetters;
    this.count = count;
    this.violate = violate;
    this.identify = identify;
    this.#now = now;
    this.#findings = findings;
    this.#holders = holders;
    this.#obligations = obligations;
    this.#messages = new Messages({ queue, identify, findings, holders, deadLetters, stored, obligations });
  }

  get sqsListener(): SqsListener {
    return this.#messages;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#findings.counts;
  }

  get violation(): Violation | undefined {
    return this.#findings.violation;
  }

  /** See `Holders.holds`. */
  holds(caller: string, id: string, ms: number): boolean {
    return this.#holders.holds(caller, id, ms);
  }

  /** Faults have stopped: after `ms`, a consumer whose heartbeats end without progress breaks `liveness`. */
  faultsStopped(ms: number): void {
    this.#progressRequiredFrom = this.#now() + ms;
  }

  heartbeatsEnded(caller: string): void {
    this.count('heartbeats ended');
    if (this.#now() >= this.#progressRequiredFrom)
      this.violate('liveness', `${caller} made no progress although nothing fails`);
  }

  sendCount(): number {
    return this.#messages.sendCount();
  }

  /** The number of messages that some processes sent since `sendCount()` was `since`. */
  sentBy(callers: ReadonlySet<string>, since: number): number {
    return this.#messages.sentBy(callers, since);
  }

  purgeCount(): number {
    return this.#messages.purgeCount;
  }

  /**
   * A send succeeded: every message of it must have been accepted.
   *
   * @param purgesBefore the result of `purgeCount()` before the send began
   */
  sendSucceeded({ job, numbers, caller, since }: SuccessfulSend, purgesBefore: number): void {
    const accepted = this.#messages.numbersSent(job, caller, since);
    const missing = numbers.filter((number) => !accepted.has(number));
    if (missing.length > 0)
      this.violate('what was sent is in the queue', `${caller} sent ${numbers}, but ${missing} was never accepted`);
    if (numbers.length === job.shape.messages && this.purgeCount() === purgesBefore)
      this.#obligations.markFullySent(job);
  }

  /** A resume succeeded. Its messages may have been purged since it began, when `purgeCount()` was `purgesBefore`. */
  resumeSucceeded(job: ExpectedJob, purgesBefore: number): void {
    if (this.purgeCount() === purgesBefore) this.#obligations.resumeSucceeded(job);
  }

  isPurged(job: ExpectedJob): boolean {
    return this.#obligations.isPurged(job);
  }

  isFullySent(job: ExpectedJob): boolean {
    return this.#obligations.isFullySent(job);
  }

  audit(): void {
    this.#obligations.audit();
  }
}
