// Checks the promises of a consumer's receive loop at each receive and at the end of its drain.

import type { Breaker, ReceivedMessage } from '@movie-load/aws';
import type { SimClient } from '../engine/network.ts';
import type { Invariant } from '../oracle/invariants.ts';
import type { Actor } from './actors.ts';
import { HandlingWatch, PROBES } from './handling.ts';

/** A handler of receives. */
interface Handles {
  handle(messages: readonly ReceivedMessage[]): Promise<void>;
}

export interface ReceiveLoop {
  readonly handler: Handles;
  /** While one of these breakers is open, no receive begins. */
  readonly breakers: readonly Pick<Breaker, 'open' | 'dependency'>[];
  /** The breakers of all services. While one is open, its probes may run even after a drain. */
  readonly allBreakers: readonly Pick<Breaker, 'open'>[];
}

/** The handler and client for the pollers, and listeners of the log and the drain. */
export interface ReceiveWatch {
  readonly handler: Handles;
  readonly client: SimClient;
  /** The process logged this. */
  logged(text: string): void;
  drainBegins(): void;
  /** The drain ended with this many messages that may still be in flight. */
  drainEnded(inFlight: number): void;
}

/**
 * Calls that are allowed at the end of a drain: those that release and abort uploads, and those that are not aborted.
 */
const MAY_BE_OPEN = new Set(['sleep', 'ChangeMessageVisibilityBatch', 'AbortMultipartUpload', 'CreateMultipartUpload']);

export function watchReceives(actor: Actor, { handler, breakers, allBreakers }: ReceiveLoop): ReceiveWatch {
  const { oracle, world, process } = actor;
  /** The gate admits at most half of the pollers. */
  const most = Math.ceil(world.pollers / 2);
  const isABreakerOpen = () => allBreakers.some(({ open }) => open);
  const watch = new HandlingWatch({ actor, isABreakerOpen });
  let receiving = 0;
  let handling = 0;
  let isDraining = false;
  let gaveUpReleasing = false;
  /** Messages received since the drain began. */
  const late: ReceivedMessage[] = [];
  const violate = (invariant: Invariant, detail: string) => oracle.violate(invariant, `${process.name}: ${detail}`);

  function begins(input: object): void {
    const open = breakers.filter((breaker) => breaker.open).map(({ dependency }) => dependency);
    if (open.length > 0) violate('nothing is received while a breaker is open', open.join());
    if (isDraining) violate('no receive begins once the process drains', 'it receives');
    const seconds = 'VisibilityTimeout' in input ? input.VisibilityTimeout : undefined;
    if (seconds !== world.visibilitySeconds)
      violate('a receive says how long its messages are invisible', `${seconds} s, not ${world.visibilitySeconds} s`);
    receiving += 1;
    if (receiving > most) violate('no more receives at once than the gate allows', `${receiving} of ${most}`);
    if (receiving > 1) oracle.count('several receives at once');
  }

  return {
    client: {
      send: (command, options) => {
        begins(command.input);
        return actor.poll.send(command, options).finally(() => {
          receiving -= 1;
        });
      },
    },
    handler: {
      async handle(messages) {
        observe(actor, messages);
        if (isDraining) {
          oracle.count('received while draining');
          late.push(...messages);
        }
        handling += 1;
        if (handling > world.pollers)
          violate('no more receives are handled at once than there are pollers', `${handling} of ${world.pollers}`);
        const receive = watch.begins(messages);
        await handler.handle(messages);
        watch.ends(receive);
        handling -= 1;
      },
    },
    logged: (text) => {
      if (text.startsWith('not released')) gaveUpReleasing = true;
      if (text.startsWith('drained in part')) watch.givesUp();
    },
    drainBegins: () => {
      isDraining = true;
      watch.drains();
    },
    drainEnded(inFlight) {
      const open = notAborted(process.waiting, isABreakerOpen());
      if (open.length > 0) violate('a drain aborts what it cannot finish', `it still waits for ${open}`);
      if (receiving > 0) violate('a drained process has no receive open', `${receiving} are open`);
      if (inFlight > 0 || gaveUpReleasing) return;
      for (const { messageId } of late.filter((message) => isHeld(actor, message)))
        violate('a drain releases what it receives', `message ${messageId} is still invisible`);
    },
  };
}

/** The waits of a drained process that it should have aborted. */
function notAborted(waiting: readonly string[], isABreakerOpen: boolean): string[] {
  return waiting.filter((what) => !MAY_BE_OPEN.has(what) && !(PROBES.has(what) && isABreakerOpen));
}

/** Whether the process keeps a message invisible that it could have released. */
function isHeld({ calls, oracle, process, world }: Actor, { messageId, receiptHandle }: ReceivedMessage): boolean {
  // A handle that SQS refuses for good cannot be released.
  if (calls.settled.of(receiptHandle)?.outcome === 'for_good') return false;
  return oracle.holds(process.name, messageId, world.visibilitySeconds * 1000);
}

/** Counts the kinds of receives. */
function observe({ oracle }: Actor, messages: readonly ReceivedMessage[]): void {
  const kinds = messages.map(({ body, groupId }) => oracle.identify(body, groupId));
  const numbers = kinds.flatMap((kind) => (kind === undefined ? [] : [`${kind.job.job_id} ${kind.number}`]));
  if (new Set(numbers).size < numbers.length) oracle.count('one number twice in a receive');
  if (numbers.length > 0 && numbers.length < kinds.length) oracle.count('valid and forged in one receive');
}
