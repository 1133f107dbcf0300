// Sums up the results of many seeds.

import type { Block } from '../counting/blocks.ts';
import { type Counts, retryBlocks } from '../counting/retries.ts';
import type { Invariant } from '../oracle/invariants.ts';
import type { SeedResult } from '../run/run-seed.ts';

export interface Failure {
  readonly seed: number;
  readonly invariant: Invariant;
  readonly detail: string;
}

export interface Summary {
  readonly seeds: number;
  readonly failed: number;
  readonly steps: number;
  readonly crashes: number;
  readonly redeliveries: number;
  /** Calls whose caller got no answer although they took effect, at once or after its time-out. */
  readonly lost_answers: number;
  /** Virtual time of all seeds together. */
  readonly virtual_days: number;
  readonly seconds: number;
  readonly failures: readonly Failure[];
  readonly faults: Readonly<Record<string, number>>;
  readonly branches: Readonly<Record<string, number>>;
  /** How often each block of the retries has run. */
  readonly retries: readonly Block[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function createSummary() {
  const startedAt = performance.now();
  const faults: Record<string, number> = {};
  const branches: Record<string, number> = {};
  const failures: Failure[] = [];
  const counts: Counts[] = [];
  let seeds = 0;
  let steps = 0;
  let virtualMs = 0;
  const addTo = (to: Record<string, number>, from: Readonly<Record<string, number>>) => {
    for (const [name, count] of Object.entries(from)) to[name] = (to[name] ?? 0) + count;
  };
  return {
    add(result: SeedResult): void {
      seeds += 1;
      steps += result.steps;
      virtualMs += result.virtualMs;
      addTo(faults, result.faultCounts);
      addTo(branches, result.branches);
      if (result.violation !== undefined) failures.push({ seed: result.seed, ...result.violation });
    },
    /** Adds the counts of the blocks that ran in a worker. */
    addCounts: (workerCounts: Counts) => void counts.push(workerCounts),
    get seeds() {
      return seeds;
    },
    get failed() {
      return failures.length;
    },
    result(): Summary {
      return {
        seeds,
        failed: failures.length,
        steps,
        crashes: branches.crashes ?? 0,
        redeliveries: branches.redelivered ?? 0,
        lost_answers: (faults.lost_answer ?? 0) + (faults.late_effect ?? 0),
        virtual_days: Math.round(virtualMs / (DAY_MS / 10)) / 10,
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
        failures: failures.sort((a, b) => a.seed - b.seed),
        faults: sorted(faults),
        branches: sorted(branches),
        retries: retryBlocks(counts),
      };
    },
  };
}

const sorted = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
