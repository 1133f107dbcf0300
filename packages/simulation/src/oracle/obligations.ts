// Checks that nothing is lost: a movie that is not stored must have a message in one of the queues, and a full set that
// is missing in its parent must have a message whose delivery makes a consumer climb.
import type { AcceptedMessage } from '../services/sqs-watch.ts';
import { originalGroup } from './dead-letters.ts';
import type { ExpectedJob, Identity } from './expected.ts';
import type { Findings } from './findings.ts';
import type { Stored } from './stored.ts';

export interface ObligationsOptions {
  readonly jobs: readonly ExpectedJob[];
  /** The queue and its dead-letter queue. */
  readonly queues: readonly string[];
  readonly liveMessages: (queue: string) => Iterable<AcceptedMessage>;
  readonly identify: (body: string, group: string | undefined) => Identity | undefined;
  readonly stored: Stored;
  readonly violate: Findings['violate'];
}

export class Obligations {
  readonly #options: ObligationsOptions;
  /** Jobs whose every message was accepted at least once by a successful send. */
  readonly #fullySent = new Set<ExpectedJob>();
  /** Jobs whose messages were purged: they complete only after a resume. */
  readonly #purged = new Set<ExpectedJob>();

  constructor(options: ObligationsOptions) {
    this.#options = options;
  }

  isPurged(job: ExpectedJob): boolean {
    return this.#purged.has(job);
  }

  isFullySent(job: ExpectedJob): boolean {
    return this.#fullySent.has(job);
  }

  /** The queue was purged: until a resume, messages may be missing. */
  queuePurged(): void {
    for (const job of this.#options.jobs) {
      this.#purged.add(job);
      this.#fullySent.delete(job);
    }
  }

  markFullySent(job: ExpectedJob): void {
    this.#fullySent.add(job);
  }

  /** A resume has sent the missing messages: from now on nothing of the job may be lost. */
  resumeSucceeded(job: ExpectedJob): void {
    this.#fullySent.add(job);
    this.#purged.delete(job);
    this.check('after a resume');
  }

  /** Checks that each full set that is missing in its parent has a message: without one no consumer makes it climb. */
  check(after: string): void {
    const { jobs, stored, violate } = this.#options;
    for (const job of jobs) {
      if (this.#purged.has(job) || stored.deletions.isDeleted(job)) continue;
      let groups: ReadonlySet<number> | undefined;
      for (const { what, groups: range } of stored.obligations(job)) {
        groups ??= new Set(Array.from(this.#liveMessagesOf(job), ({ group }) => group));
        if (![...groups].some((group) => group >= range[0] && group < range[1])) {
          violate('every job can go on', `${after}; ${what}, and no message is left that leads a consumer there`);
        }
      }
    }
  }

  /**
   * Checks the whole state: after a successful send, each message is stored and counted, or is in one of the
   * queues.
   */
  audit(): void {
    const { jobs, stored } = this.#options;
    for (const job of this.#fullySent) if (!stored.deletions.isDeleted(job)) this.#auditMessages(job);
    for (const job of jobs) if (stored.isComplete(job)) stored.checkComplete(job, 'long after');
    this.check('at the audit');
  }

  #auditMessages(job: ExpectedJob): void {
    const { stored, violate } = this.#options;
    const liveNumbers = new Set(Array.from(this.#liveMessagesOf(job), ({ number }) => number));
    for (let group = 0; group < job.shape.groups; group += 1) {
      const { first, count } = job.messagesOf(group);
      for (let number = first; number < first + count; number += 1) {
        if (liveNumbers.has(number)) continue;
        const isStoredAndCounted = stored.isCounted(job, group, number) && stored.isStored(job, number);
        if (!isStoredAndCounted)
          violate('nothing is lost', `message ${number} of job ${job.plan.nonce} is neither stored nor in a queue`);
      }
    }
  }

  /** The job's messages in both queues. */
  *#liveMessagesOf(job: ExpectedJob): Generator<Identity> {
    const { queues, liveMessages, identify } = this.#options;
    for (const name of queues) {
      for (const message of liveMessages(name)) {
        const identity = identify(message.body, originalGroup(message));
        if (identity?.job === job) yield identity;
      }
    }
  }
}
