// Checks how a consumer handles its messages: they stay invisible, each is deleted or released in the end, and without
// messages the consumer makes no calls.

import type { ReceivedMessage } from '@movie-load/aws';
import type { Invariant } from '../oracle/invariants.ts';
import type { Actor } from './actors.ts';
import type { WatchedCall } from './call-watch.ts';

/** A receive that is being handled. */
export interface Receive {
  readonly messages: readonly ReceivedMessage[];
  /** When the visibility timeout of its messages was last started, in virtual milliseconds. */
  invisibleFrom: number;
  /** An extension of its visibility timeout is in flight. */
  isExtending: boolean;
  /**
   * From now on it need not be extended: SQS refused one of its handles for good, the consumer releases messages of it,
   * or the process drains.
   */
  isOver: boolean;
}

/** The attempts of a consumer to release a message. */
const RELEASE_ATTEMPTS = 8;
/** The calls with which an open breaker checks its service, until the process ends. */
export const PROBES = new Set(['GetQueueAttributes', 'GetItem', 'HeadObject']);

export interface HandlingOptions {
  readonly actor: Actor;
  readonly isAnyBreakerOpen: () => boolean;
}

export class HandlingWatch {
  readonly #options: HandlingOptions;
  readonly #receives = new Set<Receive>();
  #isDraining = false;
  #hasGivenUp = false;

  constructor(options: HandlingOptions) {
    this.#options = options;
    options.actor.callWatch.addCallListener((call) => this.#onCall(call));
    options.actor.callWatch.addAnswerListener((operation, input) => this.#onAnswer(operation, input));
  }

  handlingStarted(messages: readonly ReceivedMessage[]): Receive {
    const receive = { messages, invisibleFrom: this.#now(), isExtending: false, isOver: false };
    this.#receives.add(receive);
    return receive;
  }

  /** The drain begins: the consumer may end the running receives without deleting or releasing each message. */
  drainStarted(): void {
    this.#isDraining = true;
    for (const receive of this.#receives) receive.isOver = true;
  }

  /** The drain ran out of time. Its log has the number of messages that wait for their visibility timeout. */
  drainGaveUp(): void {
    this.#hasGivenUp = true;
  }

  handlingEnded(receive: Receive): void {
    this.#receives.delete(receive);
    if (this.#hasGivenUp) return;
    const { actor } = this.#options;
    for (const { receiptHandle, messageId } of receive.messages) {
      const last = actor.callWatch.settlements.of(receiptHandle);
      // Undefined: SQS has delivered the message to this process again, with another handle.
      const isSettled = last === undefined || (last.kind !== 'received' && last.outcome !== 'failed');
      // A drain has no time for all attempts; then its log has the number of messages in flight.
      const hasTriedEnough = last?.kind === 'changed' && last.attempts >= RELEASE_ATTEMPTS;
      if (isSettled || hasTriedEnough || (this.#isDraining && last?.kind === 'changed')) continue;
      this.#violate(
        'each message of a receive is deleted or released',
        `${messageId} is neither, the last was: ${JSON.stringify(last)}`,
      );
    }
  }

  #onCall({ operation, input }: WatchedCall): void {
    if (operation === 'ChangeMessageVisibilityBatch') this.#onVisibilityChange(input);
    const { isAnyBreakerOpen } = this.#options;
    if (this.#receives.size > 0 || operation === 'ReceiveMessage') return;
    if (!PROBES.has(operation) || !isAnyBreakerOpen())
      this.#violate('nothing goes on behind the caller’s back', `it handles no messages, and calls ${operation}`);
  }

  #onVisibilityChange(input: object): void {
    const handles = visibilityByHandle(input);
    for (const receive of this.#receives) {
      const affected = receive.messages.filter(({ receiptHandle }) => handles.has(receiptHandle));
      if (affected.length === 0) continue;
      const { world, process } = this.#options.actor;
      const since = Math.max(receive.invisibleFrom, process.stalledUntil);
      const isLate = this.#now() - since > world.visibilitySeconds * 1000;
      const isExtension = affected.every(({ receiptHandle }) => handles.get(receiptHandle) === world.visibilitySeconds);
      if (!isExtension) receive.isOver = true;
      if (isLate && !receive.isExtending && !receive.isOver) {
        this.#violate(
          'an extension comes before the visibility is over',
          `${(this.#now() - since) / 1000} s after it began, and it lasts ${world.visibilitySeconds} s`,
        );
      }
      receive.isExtending = true;
      receive.invisibleFrom = this.#now();
    }
  }

  #onAnswer(operation: string, input: object): void {
    if (operation !== 'ChangeMessageVisibilityBatch') return;
    const handles = visibilityByHandle(input);
    const { settlements } = this.#options.actor.callWatch;
    for (const receive of this.#receives) {
      const affected = receive.messages.filter(({ receiptHandle }) => handles.has(receiptHandle));
      if (affected.length === 0) continue;
      receive.isExtending = false;
      receive.invisibleFrom = this.#now();
      if (affected.some(({ receiptHandle }) => settlements.of(receiptHandle)?.outcome === 'for_good'))
        receive.isOver = true;
    }
  }

  #now(): number {
    return this.#options.actor.now();
  }

  #violate(invariant: Invariant, detail: string): void {
    const { oracle, process } = this.#options.actor;
    oracle.violate(invariant, `${process.name}: ${detail}`);
  }
}

/** The requested visibility timeout in seconds, by receipt handle. */
function visibilityByHandle(input: object): ReadonlyMap<string, number> {
  const entries: unknown = 'Entries' in input ? input.Entries : [];
  const list: readonly Readonly<Record<string, unknown>>[] = Array.isArray(entries) ? entries : [];
  return new Map(
    list.map(({ ReceiptHandle, VisibilityTimeout }) => [String(ReceiptHandle), Number(VisibilityTimeout)]),
  );
}
