// Checks every change of a message in the two queues when it takes effect.
import { DEAD_LETTER_ATTRIBUTES, REFUSALS } from '@movie-load/schema';
import type { AcceptedMessage, SqsListener } from '../services/sqs-watch.ts';
import { type DeadLetters, originalGroup } from './dead-letters.ts';
import type { ExpectedJob, Identity } from './expected.ts';
import type { Findings } from './findings.ts';
import type { Holders } from './holders.ts';
import type { Obligations } from './obligations.ts';
import type { Stored } from './stored.ts';

/** The caller of changes that no process of movie-load made. */
export const OPERATOR = 'operator';

export interface MessagesOptions {
  readonly queue: string;
  readonly identify: (body: string, group: string | undefined) => Identity | undefined;
  readonly findings: Findings;
  readonly holders: Holders;
  readonly deadLetters: DeadLetters;
  readonly stored: Stored;
  readonly obligations: Obligations;
}

/** A send that was accepted. */
interface Send {
  readonly queue: string;
  readonly message: AcceptedMessage;
  readonly caller: string;
}

export class Messages implements SqsListener {
  readonly #options: MessagesOptions;
  /** In the order in which they were accepted. */
  readonly #sends: Send[] = [];
  /** The process that sent a message first, by the message's id. */
  readonly #firstSender = new Map<string, string>();
  /** The number of accepted sends when a message came into the dead-letter queue, by the message's id there. */
  readonly #deadLetteredAt = new Map<string, number>();
  /** Original messages, by id, as they were accepted by the main queue. */
  readonly #originals = new Map<string, AcceptedMessage>();
  /** The ids of the messages in the queue that consumers dead-lettered. */
  readonly #deadLetteredOriginals = new Set<string>();
  /** The number of purges of the queue. */
  purgeCount = 0;

  constructor(options: MessagesOptions) {
    this.#options = options;
  }

  /** The number of accepted sends. */
  sendCount(): number {
    return this.#sends.length;
  }

  /** The number of messages that some processes sent since `sendCount()` was `since`. */
  sentBy(callers: ReadonlySet<string>, since: number): number {
    return this.#sends.slice(since).filter(({ caller }) => callers.has(caller)).length;
  }

  /** The numbers of a job's messages that the queue accepted from a process since `sendCount()` was `since`. */
  numbersSent(job: ExpectedJob, caller: string, since: number): ReadonlySet<number> {
    const { queue, identify } = this.#options;
    const accepted = new Set<number>();
    for (const send of this.#sends.slice(since)) {
      if (send.queue !== queue || send.caller !== caller) continue;
      const identity = identify(send.message.body, send.message.group);
      if (identity?.job === job) accepted.add(identity.number);
    }
    return accepted;
  }

  sent(name: string, message: AcceptedMessage, duplicate: boolean, caller: string): void {
    const { queue } = this.#options;
    if (duplicate) {
      this.#deduplicated(name, message, caller);
      return;
    }
    this.#firstSender.set(message.id, caller);
    this.#sends.push({ queue: name, message, caller });
    if (name === queue) this.#originals.set(message.id, message);
    else if (caller === OPERATOR) this.#deadLetteredAt.set(message.id, this.#sends.length);
    else this.#deadLettered(message, caller);
  }

  received(name: string, { id }: AcceptedMessage, receives: number, caller: string): void {
    const { queue, holders, findings } = this.#options;
    if (name === queue) holders.received(id, caller);
    findings.count(name === queue ? 'received' : 'received from the dead-letter queue');
    if (name === queue && receives > 1) findings.count('redelivered');
  }

  deleted(name: string, message: AcceptedMessage, caller: string): void {
    const { queue, holders, deadLetters } = this.#options;
    holders.deleted(message.id);
    if (name === queue) this.#deletedFromQueue(message, caller);
    else if (deadLetters.isPurgeOrList(caller)) deadLetters.messagePurged(message, caller);
    else this.#redriven(message, caller);
  }

  visibilityChanged(name: string, { id }: AcceptedMessage, seconds: number, caller: string): void {
    const { queue, holders, findings } = this.#options;
    if (seconds === 0) holders.released(id, caller);
    if (name === queue) findings.count(seconds === 0 ? 'released at once' : 'visibility changed');
  }

  refused(name: string, operation: string): void {
    const { queue, findings } = this.#options;
    if (name !== queue) return;
    findings.count(operation === 'DeleteMessageBatch' ? 'delete refused: expired' : 'heartbeat refused: expired');
  }

  moved(_to: string, message: AcceptedMessage): void {
    const { findings, obligations } = this.#options;
    findings.count('moved by SQS after ten receives');
    this.#deadLetteredAt.set(message.id, this.#sends.length);
    obligations.check('after SQS moved a message');
  }

  purged(name: string): void {
    const { queue, findings, obligations } = this.#options;
    findings.count('purged');
    if (name !== queue) return;
    this.purgeCount += 1;
    obligations.queuePurged();
  }

  /**
   * Checks a send that SQS dropped as a duplicate. In the dead-letter queue this is intended. In the queue, SQS may
   * drop only a retry of the process that sent the message.
   */
  #deduplicated(name: string, message: AcceptedMessage, caller: string): void {
    const { queue, findings } = this.#options;
    findings.count(name === queue ? 'send deduplicated' : 'dead letter deduplicated');
    const first = this.#firstSender.get(message.id);
    if (name !== queue || first === caller) return;
    findings.violate(
      'a sending is never swallowed',
      `${caller} sent what ${first} had sent (${message.deduplicationId})`,
    );
  }

  #deadLettered(message: AcceptedMessage, caller: string): void {
    const { identify, findings } = this.#options;
    const { count, violate } = findings;
    const attributeText = (name: string) => message.attributes[name]?.StringValue;
    const reason = attributeText(DEAD_LETTER_ATTRIBUTES.reason);
    const id = attributeText(DEAD_LETTER_ATTRIBUTES.messageId) ?? '';
    const original = this.#originals.get(id);
    this.#deadLetteredAt.set(message.id, this.#sends.length);
    this.#deadLetteredOriginals.add(id);
    count(`dead-lettered: ${reason}`);
    if (original === undefined || original.body !== message.body) {
      violate('a dead letter is the original', `${caller} dead-lettered ${id} with another body`);
      return;
    }
    if (identify(original.body, original.group) !== undefined)
      violate('no valid message is dead-lettered', `${caller} dead-lettered ${id}: ${reason}`);
    if (!REFUSALS.some((known) => known === reason)) violate('a dead letter has its reason', `${reason}`);
    if (attributeText(DEAD_LETTER_ATTRIBUTES.originalGroup) !== original.group)
      violate('a dead letter has its group', `${id}`);
  }

  #deletedFromQueue(message: AcceptedMessage, caller: string): void {
    const { identify, stored, obligations } = this.#options;
    const { count, violate } = this.#options.findings;
    const identity = identify(message.body, message.group);
    if (identity === undefined) {
      count('deleted: dead-lettered');
      if (!this.#deadLetteredOriginals.has(message.id))
        violate('deleted ⇒ dead-lettered', `${caller} deleted ${message.id}, which is not in the dead-letter queue`);
      return;
    }
    const { job, group, number } = identity;
    if (stored.deletions.isDeleted(job)) {
      count('deleted: its job was deleted');
      return;
    }
    count('deleted');
    const description = `${caller} deleted message ${number} of group ${group} of job ${job.plan.nonce}`;
    if (!stored.isStored(job, number)) violate('deleted ⇒ stored', `${description}, its movies are not stored`);
    if (!stored.isCounted(job, group, number)) violate('deleted ⇒ counted', `${description}, it is not in the ledger`);
    stored.uploads.messageDeleted(job, group, number - job.messagesOf(group).first, caller);
    obligations.check(description);
  }

  /**
   * Checks a delete in the dead-letter queue: a copy must have been sent to the queue since the message arrived
   * there.
   */
  #redriven(message: AcceptedMessage, caller: string): void {
    const { queue, findings } = this.#options;
    findings.count('redriven');
    const since = this.#deadLetteredAt.get(message.id) ?? 0;
    const group = originalGroup(message);
    const isCopied = this.#sends
      .slice(since)
      .some((send) => send.queue === queue && send.message.body === message.body && send.message.group === group);
    if (!isCopied)
      findings.violate('nothing leaves the dead-letter queue without a live copy', `${caller} removed ${message.id}`);
  }
}
