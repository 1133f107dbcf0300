// The faults of a run. Each belongs to a site (such as a process's n-th call of an operation), so that a schedule can
// be written down, and repeated with fewer faults.
import { type Dice, diceOf } from './dice.ts';

/** The kinds of faults of one entry of a batch, in the order in which `faultAt` tries them. */
export const ENTRY_FAULTS = [
  /** Refused as the sender's fault: a retry would be refused again. */
  'entry_refused_for_good',
  /** It takes effect, and the answer says that it failed. */
  'entry_unanswered',
  /** Refused or left unprocessed; a retry may succeed. */
  'entry_refused',
] as const;
export type EntryFault = (typeof ENTRY_FAULTS)[number];

/** All kinds of faults: of an entry, of a call, and of a sleep. */
export const FAULT_KINDS = [
  ...ENTRY_FAULTS,
  /** The connection is refused, or the service answers with an error of its own: no effect. */
  'refused',
  /** AWS throttles: no effect. */
  'throttled',
  /** The request is lost; the caller times out. */
  'lost_request',
  /** The effect takes place, its answer is lost. */
  'lost_answer',
  /** The caller times out or gives up, and the effect takes place after that. */
  'late_effect',
  /** A batch whose entries fail, for one round or for several; see `batches.ts`. */
  'batch_trouble',
  /** The answer takes seconds. */
  'slow',
  /** The process dies while the request is in flight, which takes effect nevertheless. */
  'crash_then_effect',
  /** The process dies before it sends the request. */
  'crash_before_effect',
  /** The process dies after the effect, before it gets the answer. */
  'crash_after_effect',
  /** The process dies while it sleeps. */
  'crash_asleep',
  /** The process is stopped for longer than its visibility timeout, and then continues: a zombie. */
  'stall',
  'stall_asleep',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The faults of a call as a whole. */
export const CALL_FAULTS: readonly FaultKind[] = [
  'refused',
  'throttled',
  'lost_request',
  'lost_answer',
  'late_effect',
  'slow',
  'crash_then_effect',
  'crash_before_effect',
  'crash_after_effect',
  'stall',
];

export interface Fault {
  readonly kind: FaultKind;
  /** `<site> <kind>`, by which the shrinker switches it off. */
  readonly id: string;
  /** Uniform in [0, 1): decides the fault's duration, size or target. */
  readonly degree: number;
}

export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>;

export interface FaultOptions {
  readonly seed: number;
  /** Probability of each kind at each site. */
  readonly rates: FaultRates;
  /** The maximum number of faults of a run, besides those of free sites, placed faults and planned ones. */
  readonly budget: number;
  /** The ids of the only faults that may strike: a schedule that is being shrunk. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Ids of faults that a person has placed: they strike in addition. */
  readonly placed?: readonly string[] | undefined;
  /** Called with each fault when it strikes. */
  readonly onFault?: ((id: string) => void) | undefined;
}

/** Probabilities of this site instead of the run's. `isFree`: the site's faults do not count against the budget. */
export interface SiteOptions {
  readonly rates?: FaultRates | undefined;
  readonly isFree?: boolean | undefined;
}

export interface Faults {
  /** Decides whether a fault of the possible kinds strikes at a site, and records it. */
  faultAt(site: string, possible: readonly FaultKind[], options?: SiteOptions): Fault | undefined;
  /**
   * Records a planned fault that has no site, such as an outage. `counts` counts it under the first word of its id.
   * Returns false if it must not take place.
   */
  strikePlanned(id: string): boolean;
  /** From now on no fault strikes. */
  stop(): void;
  readonly isStopped: boolean;
  /** The ids of the faults that took place, in order. */
  readonly struckIds: readonly string[];
  /** The number of faults that took place, by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

export function createFaults({ seed, rates, budget, only, placed, onFault }: FaultOptions): Faults {
  const placedAt = placed && new Map(placed.map(parseFaultId));
  const struckIds: string[] = [];
  const counts: Record<string, number> = {};
  let isStopped = false;
  let budgetLeft = budget;
  const recordFault = (id: string, kind: string) => {
    struckIds.push(id);
    counts[kind] = (counts[kind] ?? 0) + 1;
    onFault?.(id);
  };
  const strike = (site: string, kind: FaultKind, dice: Dice): Fault | undefined => {
    const id = `${site} ${kind}`;
    if (only !== undefined && !only.has(id)) return undefined;
    recordFault(id, kind);
    return { kind, id, degree: dice.next() };
  };
  return {
    faultAt(site, possible, { rates: siteRates = rates, isFree = false } = {}) {
      if (isStopped) return undefined;
      const placedKind = placedAt?.get(site);
      if (placedKind !== undefined && possible.includes(placedKind))
        return strike(site, placedKind, diceOf(seed, `placed|${site}`));
      if (budgetLeft <= 0 && !isFree) return undefined;
      const dice = diceOf(seed, `fault|${site}`);
      let remaining = dice.next();
      for (const kind of possible) {
        remaining -= siteRates[kind] ?? 0;
        if (remaining >= 0) continue;
        const fault = strike(site, kind, dice);
        if (fault !== undefined && !isFree) budgetLeft -= 1;
        return fault;
      }
      return undefined;
    },
    strikePlanned(id) {
      if (isStopped || (only !== undefined && !only.has(id))) return false;
      recordFault(id, id.replace(/ .*/, ''));
      return true;
    },
    stop() {
      isStopped = true;
    },
    get isStopped() {
      return isStopped;
    },
    struckIds,
    counts,
  };
}

/** Splits a fault's id into its parts. @throws {RangeError} when the id does not end with a kind of fault */
export function parseFaultId(id: string): readonly [site: string, kind: FaultKind] {
  const separator = id.lastIndexOf(' ');
  const kind = FAULT_KINDS.find((faultKind) => faultKind === id.slice(separator + 1));
  if (separator <= 0 || kind === undefined)
    throw new RangeError(`"${id}" is not a fault: it has the form "<call> <kind>".`);
  return [id.slice(0, separator), kind];
}
