// Batches in trouble: batches whose entries fail in one call or in several. A failed entry may fail again when it is
// sent again, be refused for good, or take effect although it is answered as failed. Whole calls may fail, too.
import { diceOf } from './dice.ts';
import { ENTRY_FAULTS, type EntryFault, type FaultRates, type Faults } from './faults.ts';

export interface BatchesOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** The client's name: `<process>|<service>`. */
  readonly name: string;
  /** The probability that a batch gets into trouble; undefined: the run's rates and budget decide. */
  readonly rate?: number | undefined;
}

/** One call of a batch that is in trouble. */
export interface Round {
  /** 1 for the batch's first call. */
  readonly number: number;
  /** The fault of each entry, in the call's order. */
  readonly entryFaults: readonly (EntryFault | undefined)[];
  /** The probabilities of the faults of the call as a whole. */
  readonly rates: FaultRates;
}

/** The probabilities of the faults of a whole call of a batch in trouble. */
const CALL_RATES: FaultRates = {
  refused: 0.08,
  throttled: 0.06,
  lost_request: 0.03,
  lost_answer: 0.1,
  late_effect: 0.04,
  slow: 0.02,
  crash_then_effect: 0.01,
  crash_before_effect: 0.01,
  crash_after_effect: 0.01,
  stall: 0.01,
};
/** The possible numbers of calls during which a batch is in trouble: policies give up after 1, 3, 4 or 8 attempts. */
const ROUNDS = [1, 1, 2, 3, 4, 6, 10, 14];
/** The possible probabilities of an entry to fail in each round. */
const ENTRY_FAULT_PROBABILITIES = [0, 0.4, 0.7, 1];

interface Trouble {
  /** The batch's first call, on whose name all decisions depend. */
  readonly site: string;
  /** The position of each entry in the first call, by the entry's key. */
  readonly positions: ReadonlyMap<string, number>;
  /** For each entry, by its position. */
  readonly entryFaultProbabilities: readonly number[];
  /** The number of calls until it is over. */
  readonly rounds: number;
  /** Whether its entries may also be refused for good. */
  readonly refusesForGood: boolean;
  /** The number of calls so far. */
  round: number;
}

/** The batches of one client. A call is a round of a batch when it has entries of that batch alone. */
export class Batches {
  readonly #options: BatchesOptions;
  readonly #troubles = new Map<string, Set<Trouble>>();

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** The faults of the client's `count`-th call of a batch operation. Undefined when its batch is not in trouble. */
  next(operation: string, count: number, keys: readonly string[], kinds: readonly EntryFault[]): Round | undefined {
    const { faults, name, rate } = this.#options;
    const openTroubles = this.#troubles.get(operation) ?? new Set();
    this.#troubles.set(operation, openTroubles);
    let trouble = [...openTroubles].find(({ positions }) => keys.every((key) => positions.has(key)));
    if (trouble === undefined) {
      const site = `${name}:${operation}|${count}`;
      const siteOptions = rate === undefined ? undefined : { rates: { batch_trouble: rate }, isFree: true };
      if (keys.length === 0 || faults.faultAt(site, ['batch_trouble'], siteOptions) === undefined) return undefined;
      trouble = this.#begin(site, keys);
      openTroubles.add(trouble);
    }
    trouble.round += 1;
    if (trouble.round >= trouble.rounds) openTroubles.delete(trouble);
    const { round, refusesForGood } = trouble;
    const possible = refusesForGood ? kinds : kinds.filter((kind) => kind !== 'entry_refused_for_good');
    return {
      number: round,
      rates: CALL_RATES,
      entryFaults: keys.map((key) => this.#entryFaultOf(trouble, key, possible)),
    };
  }

  #begin(site: string, keys: readonly string[]): Trouble {
    const dice = diceOf(this.#options.seed, `batch|${site}`);
    return {
      site,
      positions: new Map(keys.map((key, position) => [key, position])),
      rounds: dice.pick(ROUNDS),
      refusesForGood: dice.chance(keys.length === 1 ? 1 : 0.5),
      entryFaultProbabilities: keys.map(() => dice.pick(ENTRY_FAULT_PROBABILITIES)),
      round: 0,
    };
  }

  #entryFaultOf(
    { site, round, positions, entryFaultProbabilities }: Trouble,
    key: string,
    kinds: readonly EntryFault[],
  ) {
    const position = positions.get(key) ?? 0;
    const probability = entryFaultProbabilities[position] ?? 0;
    const rates = {
      entry_refused_for_good: 0.25 * probability,
      entry_unanswered: 0.15 * probability,
      entry_refused: probability,
    };
    const kind = this.#options.faults.faultAt(`${site} round ${round} entry ${position}`, kinds, {
      rates,
      isFree: true,
    })?.kind;
    return ENTRY_FAULTS.find((entryFault) => entryFault === kind);
  }
}
