// Limits the receives: many under load, one long poll when idle, none while memory is short or a dependency fails.
import type { Breaker } from '@movie-load/aws';

/** A receive counts as full from this number of messages: the queue probably has more. */
const FULL_FROM = 8;

export interface GateOptions {
  readonly pollers: number;
  /** Characters of message bodies that may be in the process at once. While it has none, one receive may always run. */
  readonly budgetCharacters: number;
  /** While one of these is open, nothing is received. */
  readonly breakers?: readonly Pick<Breaker, 'open' | 'whenClosed'>[];
}

export interface Gate {
  /**
   * Resolves when a receive may begin; never after `close`. Rejects with the signal's reason while a breaker is open.
   */
  enter(signal?: AbortSignal): Promise<void>;
  /** A receive returned with this number of messages. The characters of their bodies are counted until `handled`. */
  received(messageCount: number, characters: number): void;
  /** A receive failed or was aborted. */
  failed(): void;
  /** The messages of a receive are deleted or released. */
  handled(characters: number): void;
  /** No receive begins any more. */
  close(): void;
  readonly receiving: number;
  /** The number of receives that may currently be in flight. */
  readonly allowed: number;
}

/**
 * A full receive doubles the receives that may be in flight, up to half of the pollers, because the other half is
 * storing. An empty one reduces them to one, so an idle process has one long poll, and few long polls are open at the
 * end of a job.
 */
export function createGate({ pollers, budgetCharacters, breakers = [] }: GateOptions): Gate {
  const maxAllowed = Math.max(1, Math.ceil(pollers / 2));
  const waiting: (() => void)[] = [];
  let allowed = 1;
  let receiving = 0;
  let charactersInProcess = 0;
  /** Characters of the largest recent receive: the next one may have as many. */
  let expectedCharacters = 0;
  let isClosed = false;

  const fitsInMemory = () => charactersInProcess + (receiving + 1) * expectedCharacters <= budgetCharacters;
  const mayEnter = () =>
    !isClosed && receiving < allowed && ((receiving === 0 && charactersInProcess === 0) || fitsInMemory());
  const admit = () => {
    while (waiting.length > 0 && mayEnter()) {
      receiving++;
      waiting.shift()?.();
    }
  };
  const waitForSlot = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    admit();
    return promise;
  };
  const releaseSlot = () => {
    receiving--;
    admit();
  };

  return {
    enter: async (signal) => {
      for (;;) {
        for (const breaker of breakers) await breaker.whenClosed(signal);
        await waitForSlot();
        if (!breakers.some(({ open }) => open)) return;
        // A breaker opened while this receive waited for its slot.
        releaseSlot();
      }
    },
    received: (messageCount, characters) => {
      charactersInProcess += characters;
      expectedCharacters = Math.max(characters, Math.floor(expectedCharacters * 0.9));
      if (messageCount === 0) allowed = 1;
      else if (messageCount >= FULL_FROM) allowed = Math.min(maxAllowed, allowed * 2);
      releaseSlot();
    },
    failed: releaseSlot,
    handled: (characters) => {
      charactersInProcess -= characters;
      admit();
    },
    close: () => {
      isClosed = true;
    },
    get receiving() {
      return receiving;
    },
    get allowed() {
      return allowed;
    },
  };
}
