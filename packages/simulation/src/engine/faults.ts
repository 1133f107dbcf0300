// The faults of a run. Each belongs to a site (a process's n-th call of an operation), so that a schedule can be
// written down, and repeated with fewer faults.
import { type Dice, diceOf } from './dice.ts';

/** The faults of one entry of a batch, the most special first. */
export const ENTRY_FAULTS = [
  /** Refused, and it will be again: the sender's fault. */
  'entry_refused_for_good',
  /** It takes effect, and the answer says that it failed. */
  'entry_unanswered',
  /** Refused or left unprocessed for the moment. */
  'entry_refused',
] as const;
export type EntryFault = (typeof ENTRY_FAULTS)[number];

/** The faults of an await. */
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
  /** The most faults of a run. */
  readonly budget: number;
  /** Only these faults strike: a schedule that is being shrunk. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Ids of faults that a person has placed: they strike in addition. */
  readonly placed?: readonly string[] | undefined;
  /** Called with each fault when it strikes. */
  readonly onFault?: ((id: string) => void) | undefined;
}

/** A site with rates of its own; `isFree`: its faults do not count for the budget. */
export interface SiteOptions {
  readonly rates?: FaultRates | undefined;
  readonly isFree?: boolean | undefined;
}

export interface Faults {
  /** The fault of a site, if it has one, of the given kinds. */
  at(site: string, possible: readonly FaultKind[], options?: SiteOptions): Fault | undefined;
  /** A fault that the world has planned, such as an outage. Returns whether it takes place. */
  planned(id: string): boolean;
  /** From now on nothing fails. */
  stop(): void;
  readonly stopped: boolean;
  /** Every fault that took place. */
  readonly used: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

export function createFaults({ seed, rates, budget, only, placed, onFault }: FaultOptions): Faults {
  const placedAt = placed && new Map(placed.map(siteAndKind));
  const used: string[] = [];
  const counts: Record<string, number> = {};
  let stopped = false;
  let left = budget;
  const use = (id: string, kind: string) => {
    used.push(id);
    counts[kind] = (counts[kind] ?? 0) + 1;
    onFault?.(id);
  };
  const strike = (site: string, kind: FaultKind, dice: Dice): Fault | undefined => {
    const id = `${site} ${kind}`;
    if (only !== undefined && !only.has(id)) return undefined;
    use(id, kind);
    return { kind, id, degree: dice.next() };
  };
  return {
    at(site, possible, { rates: own = rates, isFree = false } = {}) {
      if (stopped) return undefined;
      const here = placedAt?.get(site);
      if (here !== undefined && possible.includes(here)) return strike(site, here, diceOf(seed, `placed|${site}`));
      if (left <= 0 && !isFree) return undefined;
      const dice = diceOf(seed, `fault|${site}`);
      let rest = dice.next();
      for (const kind of possible) {
        rest -= own[kind] ?? 0;
        if (rest >= 0) continue;
        const fault = strike(site, kind, dice);
        if (fault !== undefined && !isFree) left -= 1;
        return fault;
      }
      return undefined;
    },
    planned(id) {
      if (stopped || (only !== undefined && !only.has(id))) return false;
      use(id, id.replace(/ .*/, ''));
      return true;
    },
    stop() {
      stopped = true;
    },
    get stopped() {
      return stopped;
    },
    used,
    counts,
  };
}

/** The parts of a placed fault. @throws {RangeError} when the id does not end with a kind of fault */
export function siteAndKind(id: string): readonly [site: string, kind: FaultKind] {
  const at = id.lastIndexOf(' ');
  const kind = FAULT_KINDS.find((one) => one === id.slice(at + 1));
  if (at <= 0 || kind === undefined) throw new RangeError(`"${id}" is not a fault: it has the form "<call> <kind>".`);
  return [id.slice(0, at), kind];
}
