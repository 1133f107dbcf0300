// Checks the invariants of the protocol when a call takes effect, from the services' own state, without any code of the
// protocol.
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

/** The messages that an operator or producer had to send, for a comparison with the accepted ones. */
export interface Promised {
  readonly job: ExpectedJob;
  readonly numbers: readonly number[];
  /** The process that sends. */
  readonly caller: string;
  /** The result of `oracle.mark()` before the send began. */
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

  /** Faults have stopped: after `ms`, no work may be without progress for as long as heartbeats allow. */
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

  /** The number of messages that some processes sent since a mark. */
  sentBy(callers: ReadonlySet<string>, since: number): number {
    return this.#messages.sentBy(callers, since);
  }

  purges(): number {
    return this.#messages.purges;
  }

  /** A send succeeded: every message of it must have been accepted. */
  promised({ job, numbers, caller, since }: Promised, purgesBefore: number): void {
    const accepted = this.#messages.numbersSent(job, caller, since);
    const missing = numbers.filter((number) => !accepted.has(number));
    if (missing.length > 0)
      this.violate('what was sent is in the queue', `${caller} sent ${numbers}, but ${missing} was never accepted`);
    if (numbers.length === job.shape.messages && this.purges() === purgesBefore) this.#obligations.fullySent(job);
  }

  /** A resume succeeded. Its messages may have been purged since. */
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
