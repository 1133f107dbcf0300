// A list of fault rules that can be changed at any time: the implementation of `Faults` that the lab uses.

import type { EntriesFault, Fault, Faults, OperationName } from '../faults.ts';
import { type FaultRule, faultOf, matchesOperation, readFaultRules } from './fault-rule.ts';

/** More rules than this must be a mistake. */
const MAX_RULES = 100;

/** An active rule. */
export interface ActiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  /** The number of calls that it has struck. */
  readonly struck: number;
}

interface RuleEntry {
  readonly id: number;
  readonly rule: FaultRule;
  struck: number;
}

/** What a rule does to a call, in the order in which the embedded AWS asks for it. */
type FaultEffect = 'delay' | 'before' | 'after' | 'entries';

function effectOf({ delay_ms, fault, when = 'before' }: FaultRule): FaultEffect {
  if (delay_ms !== undefined) return 'delay';
  return fault === 'unprocessed' || fault === 'refuse_entries' ? 'entries' : when;
}

/**
 * Rules in the order in which they were added; the first one that matches a call strikes (delays add up).
 *
 *     const faults = new FaultRules();
 *     faults.add([{ operation: 'dynamodb:UpdateItem', when: 'after', fault: 'reset', times: 1 }]);
 *     await startLocalAws({ faults });
 */
export class FaultRules implements Faults {
  readonly #random: () => number;
  #entries: RuleEntry[] = [];
  #lastId = 0;

  /** @param random uniform in [0, 1): decides on rules with a probability */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Adds all of them, or none. @throws {FaultRuleError} when one is not valid */
  add(rules: unknown): ActiveRule[] {
    const entries = readFaultRules(rules, MAX_RULES - this.#entries.length).map((rule) => {
      this.#lastId += 1;
      return { id: this.#lastId, rule, struck: 0 };
    });
    this.#entries.push(...entries);
    return entries.map((entry) => ({ ...entry }));
  }

  list(): ActiveRule[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** Removes one rule, or all. @returns the number of removed rules */
  clear(id?: number): number {
    const before = this.#entries.length;
    this.#entries = id === undefined ? [] : this.#entries.filter((entry) => entry.id !== id);
    return before - this.#entries.length;
  }

  delayMs(operation: OperationName): number {
    let delayMs = 0;
    for (const entry of this.#entries) {
      if (this.#applies(entry, 'delay', operation)) delayMs += entry.rule.delay_ms ?? 0;
    }
    return delayMs;
  }

  before(operation: OperationName): Fault | undefined {
    return this.#fault('before', operation);
  }

  after(operation: OperationName): Fault | undefined {
    return this.#fault('after', operation);
  }

  entries(operation: OperationName): EntriesFault | undefined {
    const entry = this.#entries.find((candidate) => this.#applies(candidate, 'entries', operation));
    return entry && { entries: entry.rule.entries ?? 1 };
  }

  #fault(effect: FaultEffect, operation: OperationName): Fault | undefined {
    const entry = this.#entries.find((candidate) => this.#applies(candidate, effect, operation));
    return entry && faultOf(entry.rule, operation);
  }

  #applies(entry: RuleEntry, effect: FaultEffect, operation: OperationName): boolean {
    const { rule, struck } = entry;
    if (effectOf(rule) !== effect || !matchesOperation(rule, operation)) return false;
    if (rule.times !== undefined && struck >= rule.times) return false;
    if (rule.probability !== undefined && this.#random() >= rule.probability) return false;
    entry.struck += 1;
    return true;
  }
}
