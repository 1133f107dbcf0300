// Which process received a message last, and whether it has released it since.

export type Holders = ReturnType<typeof createHolders>;

export function createHolders(now: () => number) {
  const holders = new Map<string, { readonly caller: string; readonly since: number; isReleased: boolean }>();
  return {
    received(id: string, caller: string): void {
      holders.set(id, { caller, since: now(), isReleased: false });
    },
    /** The process set the visibility timeout to 0 s. Later heartbeats do not undo this. */
    released(id: string, caller: string): void {
      const holder = holders.get(id);
      if (holder?.caller === caller) holder.isReleased = true;
    },
    deleted(id: string): void {
      holders.delete(id);
    },
    /**
     * True when the process has the message: received within the last `ms`, not released, not deleted, not received
     * by another. The time counts from SQS's answer, which a stalled process gets later.
     */
    holds(caller: string, id: string, ms: number): boolean {
      const holder = holders.get(id);
      return holder?.caller === caller && !holder.isReleased && now() < holder.since + ms;
    },
  };
}
