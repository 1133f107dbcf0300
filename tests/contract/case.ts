// The shape of a case, and what it gets to work with.

import type { Endpoint } from './endpoint.ts';

/** One statement about AWS's behaviour. */
export interface Case {
  /** Operations it calls beyond those of its theme, e.g. `sqs:PurgeQueue`. */
  readonly needs?: readonly string[];
  readonly run: (world: World) => Promise<void>;
}

export interface Theme {
  readonly name: string;
  readonly needs: readonly string[];
  /** By what AWS does, in a sentence. */
  readonly cases: Readonly<Record<string, Case['run'] | Case>>;
}

/** A case's own corner of the endpoint. */
export interface World extends Endpoint {
  readonly slackMs: number;
  sleep(ms: number): Promise<void>;
  now(): number;
  /** A name that no other test uses. */
  unique(suffix?: string): string;
  /** Run after the case, whatever came of it. */
  afterwards(cleanUp: () => Promise<unknown>): void;
}

/** Calls until `check` does not throw any more; for what AWS shows only after a while. */
export async function eventually<T>(world: World, check: () => Promise<T>, withinMs = 60_000): Promise<T> {
  for (let waited = 0; ; waited += 250) {
    try {
      return await check();
    } catch (error) {
      if (waited >= withinMs) throw error;
    }
    await world.sleep(250);
  }
}
