// The invariants of the protocol, checked at the moment when something takes effect, from the services' own state: no code
// of the protocol has a say here.
import type { Accepted, SqsWatcher } from '../services/sqs-watch.ts';
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
  readonly live: (queue: string) => Iterable<Accepted>;
  readonly onBranch?: BranchListener;
}

/** What an operator or producer was asked to send, to be compared with what was accepted. */
export interface Promised {
  readonly job: ExpectedJob;
  readonly numbers: readonly number[];
  /** The process that sends. */
  readonly caller: string;
  /** From `oracle.mark()` before the sending began. */
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
  #calmFrom = Number.POSITIVE_INFINITY;

  constructor({ jobs, queue, dlq, live, item, object, uploadedParts, now, onBranch }: OracleOptions) {
    const findings = new Findings(onBranch);
    const { violate, count } = findings;
    const identify = createIdentifier(jobs);
    const holders = createHolders(now);
    const deadLetters = createDeadLetters({ violate, count });
    const stored = new Stored({ jobs, violate, count, item, object, uploadedParts, now });
    const obligations = new Obligations({ jobs, queues: [queue, dlq], live, identify, stored, violate });
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

  get watcher(): SqsWatcher {
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

  /** Messages that consumers dead-lettered, by the id of the original. */
  get deadLetteredFrom(): ReadonlySet<string> {
    return this.#messages.deadLetteredFrom;
  }

  /** Faults have stopped: from `ms` later on, no work may be without progress for as long as heartbeats allow. */
  calm(ms: number): void {
    this.#calmFrom = this.#now() + ms;
  }

  heartbeatsEnded(caller: string): void {
    this.count('heartbeats ended');
    if (this.#now() >= this.#calmFrom) this.violate('liveness', `${caller} made no progress although nothing fails`);
  }

  mark(): number {
    return this.#messages.mark();
  }

  /** How many messages some processes sent since a mark. */
  sentBy(callers: ReadonlySet<string>, since: number): number {
    return this.#messages.sentBy(callers, since);
  }

  purges(): number {
    return this.#messages.purges;
  }

  /** A sending ended well: every message that it was asked for must have been accepted again. */
  promised({ job, numbers, caller, since }: Promised, purgesBefore: number): void {
    const accepted = this.#messages.numbersSent(job, caller, since);
    const missing = numbers.filter((number) => !accepted.has(number));
    if (missing.length > 0)
      this.violate('what was sent is in the queue', `${caller} sent ${numbers}, but ${missing} was never accepted`);
    if (numbers.length === job.shape.messages && this.purges() === purgesBefore) this.#obligations.fullySent(job);
  }

  /** A resume ended well. What it sent may have been purged since. */
  resumed(job: ExpectedJob, purgesBefore: number): void {
    if (this.purges() === purgesBefore) this.#obligations.resumed(job);
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
