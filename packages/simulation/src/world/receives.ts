// Checks the receive loop of a consumer at each receive and at the end of its drain.

import type { Breaker, ReceivedMessage } from '@movie-load/aws';
import type { SimClient } from '../engine/network.ts';
import type { Invariant } from '../oracle/invariants.ts';
import type { Actor } from './actors.ts';
import { HandlingWatch, PROBES } from './handling.ts';

/** A handler of receives. */
interface MessageHandler {
  handle(messages: readonly ReceivedMessage[]): Promise<void>;
}

export interface ReceiveLoop {
  readonly handler: MessageHandler;
  /** While one of these breakers is open, no receive begins. */
  readonly breakers: readonly Pick<Breaker, 'open' | 'dependency'>[];
  /** The breakers of all services. While one is open, its probes may run even after a drain. */
  readonly allBreakers: readonly Pick<Breaker, 'open'>[];
}

/** The handler and client for the pollers, and listeners of the log and the drain. */
export interface ReceiveWatch {
  readonly handler: MessageHandler;
  readonly client: SimClient;
  /** Called with each line of the process's log. */
  logged(text: string): void;
  drainStarted(): void;
  /** The drain ended with this many messages that may still be in flight. */
  drainEnded(inFlight: number): void;
}

/**
 * Calls that are allowed at the end of a drain: those that release and abort uploads, and those that are not aborted.
 */
const ALLOWED_WAITS = new Set([
  'sleep',
  'ChangeMessageVisibilityBatch',
  'AbortMultipartUpload',
  'CreateMultipartUpload',
]);

export function watchReceives(actor: Actor, { handler, breakers, allBreakers }: ReceiveLoop): ReceiveWatch {
  const { oracle, world, process } = actor;
  /** The gate admits at most half of the pollers. */
  const maxReceives = Math.ceil(world.pollers / 2);
  const isAnyBreakerOpen = () => allBreakers.some(({ open }) => open);
  const handling = new HandlingWatch({ actor, isAnyBreakerOpen });
  let openReceives = 0;
  let handledReceives = 0;
  let isDraining = false;
  let gaveUpReleasing = false;
  /** Messages received since the drain began. */
  const receivedWhileDraining: ReceivedMessage[] = [];
  const violate = (invariant: Invariant, detail: string) => oracle.violate(invariant, `${process.name}: ${detail}`);

  /** Checks a receive that the process begins. */
  function receiveStarted(input: object): void {
    const open = breakers.filter((breaker) => breaker.open).map(({ dependency }) => dependency);
    if (open.length > 0) violate('nothing is received while a breaker is open', open.join());
    if (isDraining) violate('no receive begins once the process drains', 'it receives');
    const seconds = 'VisibilityTimeout' in input ? input.VisibilityTimeout : undefined;
    if (seconds !== world.visibilitySeconds)
      violate('a receive says how long its messages are invisible', `${seconds} s, not ${world.visibilitySeconds} s`);
    openReceives += 1;
    if (openReceives > maxReceives)
      violate('no more receives at once than the gate allows', `${openReceives} of ${maxReceives}`);
    if (openReceives > 1) oracle.count('several receives at once');
  }

  return {
    client: {
      send: (command, options) => {
        receiveStarted(command.input);
        return actor.poll.send(command, options).finally(() => {
          openReceives -= 1;
        });
      },
    },
    handler: {
      async handle(messages) {
        countReceiveKind(actor, messages);
        if (isDraining) {
          oracle.count('received while draining');
          receivedWhileDraining.push(...messages);
        }
        handledReceives += 1;
        if (handledReceives > world.pollers)
          violate(
            'no more receives are handled at once than there are pollers',
            `${handledReceives} of ${world.pollers}`,
          );
        const receive = handling.handlingStarted(messages);
        await handler.handle(messages);
        handling.handlingEnded(receive);
        handledReceives -= 1;
      },
    },
    logged: (text) => {
      if (text.startsWith('not released')) gaveUpReleasing = true;
      if (text.startsWith('drained in part')) handling.drainGaveUp();
    },
    drainStarted: () => {
      isDraining = true;
      handling.drainStarted();
    },
    drainEnded(inFlight) {
      const open = unabortedWaits(process.pendingWaits, isAnyBreakerOpen());
      if (open.length > 0) violate('a drain aborts what it cannot finish', `it still waits for ${open}`);
      if (openReceives > 0) violate('a drained process has no receive open', `${openReceives} are open`);
      if (inFlight > 0 || gaveUpReleasing) return;
      for (const { messageId } of receivedWhileDraining.filter((message) => isStillInvisible(actor, message)))
        violate('a drain releases what it receives', `message ${messageId} is still invisible`);
    },
  };
}

/** The waits of a drained process that it should have aborted. */
function unabortedWaits(waiting: readonly string[], isAnyBreakerOpen: boolean): string[] {
  return waiting.filter((what) => !ALLOWED_WAITS.has(what) && !(PROBES.has(what) && isAnyBreakerOpen));
}

/** Whether the process keeps a message invisible that it could have released. */
function isStillInvisible(
  { callWatch, oracle, process, world }: Actor,
  { messageId, receiptHandle }: ReceivedMessage,
): boolean {
  // A handle that SQS refuses for good cannot be released.
  if (callWatch.settlements.of(receiptHandle)?.outcome === 'for_good') return false;
  return oracle.holds(process.name, messageId, world.visibilitySeconds * 1000);
}

/** Counts receives with two messages of one number, and those with valid and forged messages. */
function countReceiveKind({ oracle }: Actor, messages: readonly ReceivedMessage[]): void {
  const identities = messages.map(({ body, groupId }) => oracle.identify(body, groupId));
  const numbers = identities.flatMap((identity) =>
    identity === undefined ? [] : [`${identity.job.job_id} ${identity.number}`],
  );
  if (new Set(numbers).size < numbers.length) oracle.count('one number twice in a receive');
  if (numbers.length > 0 && numbers.length < identities.length) oracle.count('valid and forged in one receive');
}
