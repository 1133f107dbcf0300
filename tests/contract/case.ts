// The types of cases and themes, and the tools that a case gets.

import type { Endpoint } from './endpoint.ts';

/** A test of one statement about AWS's behaviour. */
export interface Case {
  /** The operations that it calls besides those of its theme, e.g. `sqs:PurgeQueue`. */
  readonly needs?: readonly string[];
  readonly run: (world: World) => Promise<void>;
}

export interface Theme {
  readonly name: string;
  readonly needs: readonly string[];
  /** The key is a sentence that says what AWS does. */
  readonly cases: Readonly<Record<string, Case['run'] | Case>>;
}

/** The endpoint, with names and clean-up for one case. */
export interface World extends Endpoint {
  /** How late a timeout may end, in milliseconds. */
  readonly slackMs: number;
  sleep(ms: number): Promise<void>;
  now(): number;
  /** A name that no other test uses. */
  unique(suffix?: string): string;
  /** Registers a function to run after the case, also when the case fails. */
  afterwards(cleanUp: () => Promise<unknown>): void;
}

/** Calls `check` until it does not throw, for effects that AWS shows only after a while. @throws its last error */
export async function eventually<T>(world: World, check: () => Promise<T>, timeoutMs = 120_000): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += 250) {
    try {
      return await check();
    } catch (error) {
      if (waitedMs >= timeoutMs) throw error;
    }
    await world.sleep(250);
  }
}
