// The invariants of the protocol, checked at the moment when something takes effect, from the services' own state: no code
// of the protocol has a say here.
import { DEAD_LETTER_ATTRIBUTES, REFUSALS } from '@movie-load/schema';
import type { Accepted, SqsWatcher } from '../services/sqs-watch.ts';
import { createIdentifier, type ExpectedJob, type Identity } from './expected.ts';
import { createHolders } from './holders.ts';
import { createLetters } from './letters.ts';
import { Stored, type StoredOptions } from './stored.ts';

/** The caller of what no process of the project did. */
export const BY_HAND = 'operator';

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

export interface OracleOptions extends Pick<StoredOptions, 'item' | 'object' | 'uploadedParts' | 'now'> {
  readonly jobs: readonly ExpectedJob[];
  readonly queue: string;
  readonly dlq: string;
  readonly live: (queue: string) => Iterable<Accepted>;
  /** Told of each branch of the protocol when it is reached, and how often it has been. */
  readonly onBranch?: (branch: string, times: number) => void;
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

export type Oracle = ReturnType<typeof createOracle>;

export function createOracle({ jobs, queue, dlq, live, item, object, uploadedParts, now, onBranch }: OracleOptions) {
  const identify = createIdentifier(jobs);
  const counts: Record<string, number> = {};
  const count = (branch: string, by = 1) => {
    counts[branch] = (counts[branch] ?? 0) + by;
    onBranch?.(branch, counts[branch]);
  };
  let violation: Violation | undefined;
  const violate = (invariant: string, detail: string) => {
    violation ??= { invariant, detail };
  };
  const holders = createHolders(now);
  const letters = createLetters({ violate, count });
  const stored = new Stored({ jobs, violate, count, item, object, uploadedParts, now });
  /** Jobs whose every message was accepted at least once by a sending that ended well. */
  const fullySent = new Set<ExpectedJob>();
  /** Jobs whose messages were purged, so that only a resume can help. */
  const purged = new Set<ExpectedJob>();
  let purges = 0;
  let calmFrom = Number.POSITIVE_INFINITY;
  const events: { readonly queue: string; readonly message: Accepted; readonly caller: string }[] = [];
  const firstSender = new Map<string, string>();
  const deadLetteredFrom = new Set<string>();
  /** How many sends had been accepted when a message came into the dead-letter queue. */
  const deadLetteredAt = new Map<string, number>();
  const movedBySqs = new Set<string>();
  /** Original messages, by id, as they were accepted by the main queue. */
  const originals = new Map<string, Accepted>();

  const identityOf = (message: Accepted, group = message.group): Identity | undefined => identify(message.body, group);

  const watcher: SqsWatcher = {
    sent(name, message, duplicate, caller) {
      if (duplicate) {
        count(name === queue ? 'send deduplicated' : 'dead letter deduplicated');
        // The dead-letter queue deduplicates by message id on purpose; here only a sender's own retry may be swallowed.
        if (name === queue && firstSender.get(message.id) !== caller) {
          violate(
            'a sending is never swallowed',
            `${caller} sent what ${firstSender.get(message.id)} had sent (${message.deduplicationId})`,
          );
        }
        return;
      }
      firstSender.set(message.id, caller);
      events.push({ queue: name, message, caller });
      if (name === queue) originals.set(message.id, message);
      else if (caller === BY_HAND) deadLetteredAt.set(message.id, events.length);
      else deadLettered(message, caller);
    },
    received(name, { id }, receives, caller) {
      if (name === queue) holders.received(id, caller);
      count(name === queue ? 'received' : 'received from the dead-letter queue');
      if (name === queue && receives > 1) count('redelivered');
    },
    deleted(name, message, caller) {
      holders.deleted(message.id);
      if (name === queue) deletedFromQueue(message, caller);
      else if (letters.isPurge(caller)) letters.purged(message, caller);
      else redriven(message, caller);
    },
    visibility(name, { id }, seconds, caller) {
      if (seconds === 0) holders.released(id, caller);
      if (name === queue) count(seconds === 0 ? 'released at once' : 'visibility changed');
    },
    refused(name, operation) {
      if (name === queue)
        count(operation === 'DeleteMessageBatch' ? 'delete refused: expired' : 'heartbeat refused: expired');
    },
    moved(_to, message) {
      count('moved by SQS after ten receives');
      movedBySqs.add(message.id);
      deadLetteredAt.set(message.id, events.length);
      checkObligations('after SQS moved a message');
    },
    purged(name) {
      count('purged');
      if (name !== queue) return;
      purges += 1;
      for (const job of jobs) {
        purged.add(job);
        fullySent.delete(job);
      }
    },
  };

  function deadLettered(message: Accepted, caller: string): void {
    const text = (name: string) => message.attributes[name]?.StringValue;
    const reason = text(DEAD_LETTER_ATTRIBUTES.reason);
    const id = text(DEAD_LETTER_ATTRIBUTES.messageId) ?? '';
    const original = originals.get(id);
    deadLetteredAt.set(message.id, events.length);
    deadLetteredFrom.add(id);
    count(`dead-lettered: ${reason}`);
    if (original === undefined || original.body !== message.body) {
      violate('a dead letter is the original', `${caller} dead-lettered ${id} with another body`);
      return;
    }
    if (identityOf(original) !== undefined)
      violate('no valid message is dead-lettered', `${caller} dead-lettered ${id}: ${reason}`);
    if (!REFUSALS.some((known) => known === reason)) violate('a dead letter has its reason', `${reason}`);
    if (text(DEAD_LETTER_ATTRIBUTES.originalGroup) !== original.group) violate('a dead letter has its group', `${id}`);
  }

  function deletedFromQueue(message: Accepted, caller: string): void {
    const identity = identityOf(message);
    if (identity === undefined) {
      count('deleted: dead-lettered');
      if (!deadLetteredFrom.has(message.id))
        violate('deleted ⇒ dead-lettered', `${caller} deleted ${message.id}, which is not in the dead-letter queue`);
      return;
    }
    count('deleted');
    const { job, group, number } = identity;
    const what = `${caller} deleted message ${number} of group ${group} of job ${job.plan.nonce}`;
    if (!stored.isStored(job, number)) violate('deleted ⇒ stored', `${what}, its movies are not stored`);
    if (!stored.isCounted(job, group, number)) violate('deleted ⇒ counted', `${what}, it is not in the ledger`);
    stored.uploads.deleted(job, group, number - job.messagesOf(group).first, caller);
    checkObligations(what);
  }

  /** A consumer that could go on with a full set must still have a message: otherwise none ever will. */
  function checkObligations(after: string): void {
    for (const job of jobs) {
      if (purged.has(job)) continue;
      let groups: Set<number> | undefined;
      for (const { what, groups: range } of stored.obligations(job)) {
        groups ??= liveGroups(job);
        if (![...groups].some((group) => group >= range[0] && group < range[1])) {
          violate('every job can go on', `${after}; ${what}, and no message is left that leads a consumer there`);
        }
      }
    }
  }

  function liveGroups(job: ExpectedJob): Set<number> {
    const groups = new Set<number>();
    for (const name of [queue, dlq]) {
      for (const message of live(name)) {
        const identity = identityOf(message, originalGroup(message));
        if (identity?.job === job) groups.add(identity.group);
      }
    }
    return groups;
  }

  const originalGroup = (message: Accepted) =>
    message.attributes[DEAD_LETTER_ATTRIBUTES.originalGroup]?.StringValue ?? message.group;

  /** A message left the dead-letter queue: there must have been a copy in the queue since it came in. */
  function redriven(message: Accepted, caller: string): void {
    count('redriven');
    const since = deadLetteredAt.get(message.id) ?? 0;
    const group = originalGroup(message);
    const copy = events
      .slice(since)
      .some((event) => event.queue === queue && event.message.body === message.body && event.message.group === group);
    if (!copy) violate('nothing leaves the dead-letter queue without a live copy', `${caller} removed ${message.id}`);
  }

  return {
    watcher,
    stored,
    letters,
    counts,
    count,
    get violation() {
      return violation;
    },
    violate,
    identify,
    holds: holders.holds,
    /** Messages that consumers dead-lettered, by the id of the original. */
    deadLetteredFrom,
    /** Faults have stopped: from `ms` later on, no work may be without progress for as long as heartbeats allow. */
    calm(ms: number): void {
      calmFrom = now() + ms;
    },
    heartbeatsEnded(caller: string): void {
      count('heartbeats ended');
      if (now() >= calmFrom) violate('liveness', `${caller} made no progress although nothing fails`);
    },
    mark: () => events.length,
    /** How many messages some processes sent since a mark. */
    sentBy: (callers: ReadonlySet<string>, since: number) =>
      events.slice(since).filter(({ caller }) => callers.has(caller)).length,
    /** A sending ended well: every message that it was asked for must have been accepted anew. */
    promised({ job, numbers, caller, since }: Promised, purgesBefore: number): void {
      const accepted = new Set<number>();
      for (const event of events.slice(since)) {
        if (event.queue !== queue || event.caller !== caller) continue;
        const identity = identityOf(event.message);
        if (identity?.job === job) accepted.add(identity.number);
      }
      const missing = numbers.filter((number) => !accepted.has(number));
      if (missing.length > 0)
        violate('what was sent is in the queue', `${caller} sent ${numbers}, but ${missing} was never accepted`);
      if (numbers.length === job.shape.messages && purges === purgesBefore) fullySent.add(job);
    },
    purges: () => purges,
    /** A resume walked the tree and sent what it found: from now on nothing of the job may be lost again. */
    resumed(job: ExpectedJob, purgesBefore: number): void {
      if (purges !== purgesBefore) return;
      fullySent.add(job);
      purged.delete(job);
      checkObligations('after a resume');
    },
    isPurged: (job: ExpectedJob) => purged.has(job),
    isFullySent: (job: ExpectedJob) => fullySent.has(job),
    /** Everything that is not counted is in one of the queues, once its producer has ended well. */
    audit(): void {
      const there = new Set<string>();
      for (const name of [queue, dlq]) {
        for (const message of live(name)) {
          const identity = identityOf(message, originalGroup(message));
          if (identity !== undefined) there.add(`${identity.job.job_id} ${identity.number}`);
        }
      }
      for (const job of fullySent) {
        for (let group = 0; group < job.shape.groups; group += 1) {
          const { first, count: messages } = job.messagesOf(group);
          for (let number = first; number < first + messages; number += 1) {
            if (there.has(`${job.job_id} ${number}`)) continue;
            const done = stored.isCounted(job, group, number) && stored.isStored(job, number);
            if (!done)
              violate('nothing is lost', `message ${number} of job ${job.plan.nonce} is neither stored nor in a queue`);
          }
        }
      }
      for (const job of jobs) if (stored.isComplete(job)) stored.checkComplete(job, 'long after');
      checkObligations('at the audit');
    },
  };
}
