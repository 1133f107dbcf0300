// Decides who may receive: many receives under load, one long poll when idle, none while memory is short.

/** From so many messages a receive counts as full: there is more where it came from. */
const FULL_FROM = 8;

export interface GateOptions {
  readonly pollers: number;
  /** Bodies that may be in the process at once, in characters. One receive may always run. */
  readonly budgetBytes: number;
}

export interface Gate {
  /** Resolves when a receive may begin. Never resolves once closed. */
  enter(): Promise<void>;
  /** A receive came back; `bytes` are held until `handled`. */
  received(messages: number, bytes: number): void;
  /** A receive failed or was aborted. */
  failed(): void;
  /** What a receive brought is deleted or given back. */
  handled(bytes: number): void;
  /** Nobody enters any more. */
  close(): void;
  readonly receiving: number;
  /** Receives that may be on their way at once, just now. */
  readonly allowed: number;
}

/**
 * Full receives double the number that may be on its way, up to half of the pollers: the other half is busy storing.
 * An empty one brings it back to one, so an idle process has one long poll, and the end of a job leaves few hanging.
 */
export function createGate({ pollers, budgetBytes }: GateOptions): Gate {
  const most = Math.max(1, Math.ceil(pollers / 2));
  const waiting: (() => void)[] = [];
  let allowed = 1;
  let receiving = 0;
  let heldBytes = 0;
  /** What the largest receive of late brought: the next may bring as much. */
  let expectedBytes = 0;
  let closed = false;

  const fits = () => heldBytes + (receiving + 1) * expectedBytes <= budgetBytes;
  const mayEnter = () => !closed && receiving < allowed && ((receiving === 0 && heldBytes === 0) || fits());
  const admit = () => {
    while (waiting.length > 0 && mayEnter()) {
      receiving++;
      waiting.shift()?.();
    }
  };

  return {
    enter: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      admit();
      return promise;
    },
    received: (messages, bytes) => {
      receiving--;
      heldBytes += bytes;
      expectedBytes = Math.max(bytes, Math.floor(expectedBytes * 0.9));
      if (messages === 0) allowed = 1;
      else if (messages >= FULL_FROM) allowed = Math.min(most, allowed * 2);
      admit();
    },
    failed: () => {
      receiving--;
      admit();
    },
    handled: (bytes) => {
      heldBytes -= bytes;
      admit();
    },
    close: () => {
      closed = true;
    },
    get receiving() {
      return receiving;
    },
    get allowed() {
      return allowed;
    },
  };
}
