// Batches in trouble: some entries of a batch fail, and some fail again when they are repeated, round after round.
// Others are refused for good, or take effect without an answer, and whole rounds fail.
import { diceOf } from './dice.ts';
import { ENTRY_FAULTS, type EntryFault, type FaultRates, type Faults } from './faults.ts';

export interface BatchesOptions {
  readonly seed: number;
  readonly faults: Faults;
  /** The client: `<process>|<service>`. */
  readonly name: string;
  /** The probability of trouble for each batch; undefined: by the run's rates, within its budget. */
  readonly rate?: number | undefined;
}

/** One call of a batch that is in trouble. */
export interface Round {
  /** 1 for the batch's first call. */
  readonly number: number;
  /** The fault of each entry, in the call's order. */
  readonly fates: readonly (EntryFault | undefined)[];
  /** How often its call fails as a whole. */
  readonly rates: FaultRates;
}

/** Rates of the faults of a batch in trouble. */
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
/** The rounds of a trouble: policies give up after 1, 3, 4 or 8. */
const ROUNDS = [1, 1, 2, 3, 4, 6, 10, 14];
/** The probability that an entry fails in each round: 0 for some, 1 for others. */
const OBSTINACY = [0, 0.4, 0.7, 1];

interface Trouble {
  /** The batch's first call, on which all else depends. */
  readonly site: string;
  /** Places in the first call by the entry's key. */
  readonly places: ReadonlyMap<string, number>;
  readonly obstinacy: readonly number[];
  readonly rounds: number;
  readonly refusesForGood: boolean;
  round: number;
}

/** The batches of one client. A call is a round of a batch when it has entries of that batch alone. */
export class Batches {
  readonly #options: BatchesOptions;
  readonly #troubles = new Map<string, Set<Trouble>>();

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** A call of a batch operation, the client's `count`-th. Undefined when its batch is not in trouble. */
  next(operation: string, count: number, keys: readonly string[], kinds: readonly EntryFault[]): Round | undefined {
    const { faults, name, rate } = this.#options;
    const open = this.#troubles.get(operation) ?? new Set();
    this.#troubles.set(operation, open);
    let trouble = [...open].find(({ places }) => keys.every((key) => places.has(key)));
    if (trouble === undefined) {
      const site = `${name}:${operation}|${count}`;
      const own = rate === undefined ? undefined : { rates: { batch_trouble: rate }, isFree: true };
      if (keys.length === 0 || faults.at(site, ['batch_trouble'], own) === undefined) return undefined;
      trouble = this.#begin(site, keys);
      open.add(trouble);
    }
    trouble.round += 1;
    if (trouble.round >= trouble.rounds) open.delete(trouble);
    const { round, refusesForGood } = trouble;
    const possible = refusesForGood ? kinds : kinds.filter((kind) => kind !== 'entry_refused_for_good');
    return { number: round, rates: CALL_RATES, fates: keys.map((key) => this.#fateOf(trouble, key, possible)) };
  }

  #begin(site: string, keys: readonly string[]): Trouble {
    const dice = diceOf(this.#options.seed, `batch|${site}`);
    return {
      site,
      places: new Map(keys.map((key, place) => [key, place])),
      rounds: dice.pick(ROUNDS),
      refusesForGood: dice.chance(keys.length === 1 ? 1 : 0.5),
      obstinacy: keys.map(() => dice.pick(OBSTINACY)),
      round: 0,
    };
  }

  #fateOf({ site, round, places, obstinacy }: Trouble, key: string, kinds: readonly EntryFault[]) {
    const place = places.get(key) ?? 0;
    const likely = obstinacy[place] ?? 0;
    const rates = { entry_refused_for_good: 0.25 * likely, entry_unanswered: 0.15 * likely, entry_refused: likely };
    const kind = this.#options.faults.at(`${site} round ${round} entry ${place}`, kinds, { rates, isFree: true })?.kind;
    return ENTRY_FAULTS.find((one) => one === kind);
  }
}
