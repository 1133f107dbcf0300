// The network between a simulated process and the services: a client in the SDK's shape. Each call may be late, lost,
// throttled or done in part, and the process may die in it. As in production, a client tries once.
import { abortError, networkError } from '../services/errors.ts';
import type { Backend, Service, Waiting } from './backend.ts';
import { Batches, type Round } from './batches.ts';
import type { Effect, HeardCall, MadeCall, TroubledCall } from './calls.ts';
import { type Dice, diceOf } from './dice.ts';
import type { Fault, FaultKind, Faults } from './faults.ts';
import type { SimProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export interface NetworkOptions {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  /** Servers notice every aborted long poll. Default: most of them, like AWS. */
  readonly noticesAborts?: boolean | undefined;
  /** The most milliseconds of one way without a fault. */
  readonly latencyMs: number;
  readonly stallMs: (degree: number) => number;
  readonly crash: (process: SimProcess) => void;
  readonly note: (process: SimProcess, text: string) => void;
  /** Called after each effect, with the operation's name. */
  readonly onEffect: (effect: Effect) => void;
  /** Called for each call that a living process makes. */
  readonly onCall?: ((call: MadeCall) => void) | undefined;
  /** Called for each answer that a living process gets; `output` is undefined when the call failed. */
  readonly onHeard?: ((call: HeardCall) => void) | undefined;
  /** Called for each call of a batch in trouble. */
  readonly onTrouble?: ((call: TroubledCall) => void) | undefined;
}

export interface ClientOptions {
  readonly process: SimProcess;
  readonly service: Service;
  readonly backend: Backend;
  /** The time limit of a call, as in production. */
  readonly timeoutMs: number;
  /** See `BatchesOptions.rate`. */
  readonly batchTroubleRate?: number | undefined;
}

interface Command {
  readonly input: object;
}

/** The SDK's `send`, as far as the adapters use it. */
export interface SimClient {
  send(command: Command, options?: { readonly abortSignal?: AbortSignal }): Promise<object>;
}

const CALL_FAULTS: readonly FaultKind[] = [
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
/** The server notices most aborted long polls; the others take messages nevertheless. */
const ABORT_NOTICED = 0.7;
const LATEST_EFFECT_MS = 120_000;
const LATEST_EFFECT_OF_THE_DEAD_MS = 30_000;

export function createNetwork(network: NetworkOptions) {
  return {
    client(options: ClientOptions): SimClient {
      const { process, service, backend, batchTroubleRate: rate } = options;
      const calls = new Map<string, number>();
      const { seed, faults } = network;
      const batches = new Batches({ seed, faults, name: `${process.name}|${service}`, rate });
      return {
        send(command, { abortSignal } = {}) {
          const operation = command.constructor.name.replace(/Command$/, '');
          const count = (calls.get(operation) ?? 0) + 1;
          calls.set(operation, count);
          const { input } = command;
          const batch = process.alive ? backend.batchOf?.(operation, input) : undefined;
          const round = batch && batches.next(operation, count, batch.keys, batch.kinds);
          return new Call(network, options, { operation, count, input, round }).made(abortSignal);
        },
      };
    },
  };
}

interface CallFacts {
  readonly operation: string;
  /** The number of the call among those of this operation and client. */
  readonly count: number;
  readonly input: object;
  /** Set for a batch in trouble. */
  readonly round: Round | undefined;
}

class Call {
  readonly #network: NetworkOptions;
  readonly #client: ClientOptions;
  readonly #facts: CallFacts;
  /** The call's name, on which its fault and its dice depend. */
  readonly #site: string;
  readonly #dice: Dice;
  readonly #answer = Promise.withResolvers<object>();
  #isSettled = false;
  #leavePoll = () => {};

  constructor(network: NetworkOptions, client: ClientOptions, facts: CallFacts) {
    this.#network = network;
    this.#client = client;
    this.#facts = facts;
    this.#site = `${client.process.name}|${client.service}:${facts.operation}|${facts.count}`;
    this.#dice = diceOf(network.seed, `call|${this.#site}`);
  }

  made(signal: AbortSignal | undefined): Promise<object> {
    const { process } = this.#client;
    process.acts();
    // A dead process makes no calls.
    if (!process.alive) return this.#answer.promise;
    if (signal?.aborted) return Promise.reject(abortError());
    const { operation, input } = this.#facts;
    this.#network.onCall?.({ process, site: this.#site, operation, input, signal });
    const waited = process.waitsFor(operation);
    // The request stays in flight: an aborted call may still take effect.
    const onAbort = () => {
      this.#isSettled = true;
      keep();
      waited();
      this.#leavePoll();
      this.#answer.reject(abortError());
    };
    const forget = () => signal?.removeEventListener('abort', onAbort);
    const keep = process.whenDead(forget);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#go((how) =>
      process.deliver(() => {
        if (this.#isSettled) return;
        this.#isSettled = true;
        forget();
        keep();
        waited();
        how();
      }),
    );
    return this.#answer.promise;
  }

  /** Sends the request, with the fault of its dice. */
  #go(settle: (how: () => void) => void): void {
    const { operation, count, round } = this.#facts;
    const { latencyMs, note, faults, onTrouble } = this.#network;
    const { process } = this.#client;
    const fault = faults.at(this.#site, CALL_FAULTS, round && { rates: round.rates, isFree: true });
    if (fault !== undefined) note(process, `${operation} ${count}: ${fault.kind}`);
    if (round !== undefined) onTrouble?.({ process, operation, round, fault: fault?.kind });
    const way: Way = {
      there: this.#dice.int(1, latencyMs),
      back: this.#dice.int(1, latencyMs),
      done: (output) =>
        settle(() => {
          this.#heard(output);
          this.#answer.resolve(output);
        }),
      failed: (error) => {
        note(process, `${operation} fails: ${error.name === 'Error' ? error.message : error.name}`);
        settle(() => {
          this.#heard(undefined);
          this.#answer.reject(error);
        });
      },
    };
    if (fault === undefined) this.#answerAfter(way, way.back);
    else this.#goWrong(fault, way);
  }

  #heard(output: object | undefined): void {
    const { operation, input } = this.#facts;
    this.#network.onHeard?.({ process: this.#client.process, site: this.#site, operation, input, output });
  }

  #goWrong({ kind, degree }: Fault, way: Way): void {
    const { scheduler, crash, stallMs } = this.#network;
    const { process, backend, timeoutMs } = this.#client;
    const { operation } = this.#facts;
    const { there, back, failed } = way;
    const dice = this.#dice;
    switch (kind) {
      case 'refused':
        scheduler.after(there, () => failed(backend.serviceError(operation, dice)));
        break;
      case 'throttled':
        scheduler.after(there, () => failed(backend.throttled(operation)));
        break;
      case 'lost_request':
        scheduler.after(timeoutMs, () => failed(networkError('TimeoutError', operation)));
        break;
      case 'lost_answer':
        this.#fireAndForget(there);
        scheduler.after(there + back, () => failed(networkError('ECONNRESET', operation)));
        break;
      case 'late_effect':
        this.#fireAndForget(timeoutMs + Math.ceil(degree * degree * LATEST_EFFECT_MS));
        scheduler.after(timeoutMs, () => failed(networkError('TimeoutError', operation)));
        break;
      case 'slow':
        this.#answerAfter(way, Math.ceil(degree * timeoutMs * 0.9));
        break;
      case 'crash_then_effect':
        this.#fireAndForget(there + Math.ceil(degree * LATEST_EFFECT_OF_THE_DEAD_MS));
        scheduler.after(0, () => crash(process));
        break;
      case 'crash_before_effect':
        scheduler.after(0, () => crash(process));
        break;
      case 'crash_after_effect':
        this.#answerAfter(way, back, { afterwards: () => crash(process) });
        break;
      case 'stall':
        process.stall(stallMs(degree));
        // Half of them are stopped while the request is in flight.
        this.#answerAfter(way, back + (dice.chance(0.5) ? Math.ceil(stallMs(degree) * dice.next()) : 0));
        break;
      default:
        throw new Error(`${kind} is not a fault of a call`);
    }
  }

  #effect(): object | Waiting {
    const { process, backend } = this.#client;
    const { operation, input, round } = this.#facts;
    if (backend.down()) throw networkError('ECONNREFUSED', operation);
    const part = round && backend.applyPartly?.(operation, input, process, { fates: round.fates, dice: this.#dice });
    const output = part ?? backend.apply(operation, input, process);
    if (!isWaiting(output)) this.#tookEffect(output);
    return output;
  }

  #tookEffect(output: object): void {
    const { process, service } = this.#client;
    const { operation, input } = this.#facts;
    this.#network.onEffect({ process, service, operation, input, output });
  }

  /** The effect takes place in time, the answer arrives `delayMs` later. */
  #answerAfter(way: Way, delayMs: number, { afterwards }: { afterwards?: () => void } = {}): void {
    const { scheduler } = this.#network;
    scheduler.after(way.there, () => {
      try {
        const output = this.#effect();
        afterwards?.();
        if (isWaiting(output)) this.#wait(output, way, delayMs);
        else scheduler.after(delayMs, () => way.done(output));
      } catch (error) {
        afterwards?.();
        scheduler.after(delayMs, () => way.failed(asError(error)));
      }
    });
  }

  #wait(output: Waiting, way: Way, delayMs: number): void {
    const cancel = output.wait((late) => {
      this.#tookEffect(late);
      this.#network.scheduler.after(delayMs, () => way.done(late));
    });
    this.#leavePoll = () => {
      if (this.#network.noticesAborts || this.#dice.chance(ABORT_NOTICED)) cancel();
    };
  }

  /** The effect takes place, and its answer is lost. */
  #fireAndForget(delayMs: number): void {
    const { scheduler, note } = this.#network;
    scheduler.after(delayMs, () => {
      try {
        const output = this.#effect();
        if (isWaiting(output)) output.wait(() => {});
      } catch (error) {
        note(this.#client.process, `${this.#facts.operation} (unanswered) fails: ${asError(error).name}`);
      }
    });
  }
}

/** The time of a call each way, and its end. */
interface Way {
  readonly there: number;
  readonly back: number;
  readonly done: (output: object) => void;
  readonly failed: (error: Error) => void;
}

const isWaiting = (output: object): output is Waiting => 'wait' in output && typeof output.wait === 'function';

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
