// Declared faults: a list of rules that can be changed at any time, as `Faults` of the embedded AWS.

import type { EntriesFault, Fault, Faults, OperationName } from '../faults.ts';
import { type FaultRule, faultOf, isOfOperation, readFaultRules } from './fault-rule.ts';

/** More rules than this must be a mistake. */
const MAX_RULES = 100;

/** An active rule. */
export interface ActiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  /** The number of calls that it has struck. */
  readonly struck: number;
}

interface Entry {
  readonly id: number;
  readonly rule: FaultRule;
  struck: number;
}

/** The kinds of effect, in the order in which the embedded AWS checks them. */
type Moment = 'delay' | 'before' | 'after' | 'entries';

function momentOf({ delay_ms, fault, when = 'before' }: FaultRule): Moment {
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
  #entries: Entry[] = [];
  #ids = 0;

  /** @param random uniform in [0, 1): decides on rules with a probability */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Adds all of them, or none. @throws {FaultRuleError} when one is not valid */
  add(rules: unknown): ActiveRule[] {
    const entries = readFaultRules(rules, MAX_RULES - this.#entries.length).map((rule) => {
      this.#ids += 1;
      return { id: this.#ids, rule, struck: 0 };
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
      if (this.#strikes(entry, 'delay', operation)) delayMs += entry.rule.delay_ms ?? 0;
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
    const entry = this.#entries.find((one) => this.#strikes(one, 'entries', operation));
    return entry && { entries: entry.rule.entries ?? 1 };
  }

  #fault(moment: Moment, operation: OperationName): Fault | undefined {
    const entry = this.#entries.find((one) => this.#strikes(one, moment, operation));
    return entry && faultOf(entry.rule, operation);
  }

  #strikes(entry: Entry, moment: Moment, operation: OperationName): boolean {
    const { rule, struck } = entry;
    if (momentOf(rule) !== moment || !isOfOperation(rule, operation)) return false;
    if (rule.times !== undefined && struck >= rule.times) return false;
    if (rule.probability !== undefined && this.#random() >= rule.probability) return false;
    entry.struck += 1;
    return true;
  }
}
