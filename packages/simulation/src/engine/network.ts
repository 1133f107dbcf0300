// The network between a simulated process and the services: a client with the SDK's `send`. Each call may be delayed,
// lost, throttled or applied in part, and the process may crash during it. As in production, a client tries once.
import { abortError, networkError } from '../services/errors.ts';
import type { Backend, LongPoll, Service } from './backend.ts';
import { Batches, type Round } from './batches.ts';
import type { AnsweredCall, Effect, StartedCall, TroubledCall } from './calls.ts';
import { type Dice, diceOf } from './dice.ts';
import { CALL_FAULTS, type Fault, type Faults } from './faults.ts';
import type { SimProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export interface NetworkOptions {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  /** Whether servers always notice an aborted long poll. By default mostly (`ABORT_NOTICE_PROBABILITY`), like AWS. */
  readonly noticesAborts?: boolean | undefined;
  /** The longest time that a request or an answer takes without a fault. */
  readonly latencyMs: number;
  readonly stallMs: (degree: number) => number;
  readonly crash: (process: SimProcess) => void;
  readonly note: (process: SimProcess, text: string) => void;
  /** Called after each call that took effect, also when its caller gets no answer. */
  readonly onEffect: (effect: Effect) => void;
  /** Called for each call that a living process makes. */
  readonly onCall?: ((call: StartedCall) => void) | undefined;
  /** Called for each answer that a living process gets; `output` is undefined when the call failed. */
  readonly onAnswer?: ((call: AnsweredCall) => void) | undefined;
  /** Called for each call of a batch in trouble: some of its entries fail, see batches.ts. */
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

/** The probability that the server notices an aborted long poll. Otherwise it receives messages nevertheless. */
const ABORT_NOTICE_PROBABILITY = 0.7;
/** The longest time from a caller's timeout until its call takes effect. */
const LATEST_EFFECT_MS = 120_000;
/** The longest time from a request's arrival until it takes effect when its process has crashed. */
const LATEST_EFFECT_AFTER_CRASH_MS = 30_000;

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
          const batch = process.isAlive ? backend.batchOf?.(operation, input) : undefined;
          const round = batch && batches.next(operation, count, batch.keys, batch.kinds);
          return new Call(network, options, { operation, count, input, round }).start(abortSignal);
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
  #cancelPoll = () => {};

  constructor(network: NetworkOptions, client: ClientOptions, facts: CallFacts) {
    this.#network = network;
    this.#client = client;
    this.#facts = facts;
    this.#site = `${client.process.name}|${client.service}:${facts.operation}|${facts.count}`;
    this.#dice = diceOf(network.seed, `call|${this.#site}`);
  }

  start(signal: AbortSignal | undefined): Promise<object> {
    const { process } = this.#client;
    process.countStep();
    // A dead process makes no calls.
    if (!process.isAlive) return this.#answer.promise;
    if (signal?.aborted) return Promise.reject(abortError());
    const { operation, input } = this.#facts;
    this.#network.onCall?.({ process, site: this.#site, operation, input, signal });
    const endWait = process.beginWait(operation);
    // The request stays in flight: an aborted call may still take effect.
    const onAbort = () => {
      this.#isSettled = true;
      removeCrashListener();
      endWait();
      this.#cancelPoll();
      this.#answer.reject(abortError());
    };
    const removeAbortListener = () => signal?.removeEventListener('abort', onAbort);
    const removeCrashListener = process.onCrash(removeAbortListener);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#send((settle) =>
      process.deliver(() => {
        if (this.#isSettled) return;
        this.#isSettled = true;
        removeAbortListener();
        removeCrashListener();
        endWait();
        settle();
      }),
    );
    return this.#answer.promise;
  }

  /**
   * Sends the request, with the fault that the dice choose for it.
   * @param deliver runs `settle` in the process, unless the call was aborted or the process crashed
   */
  #send(deliver: (settle: () => void) => void): void {
    const { operation, count, round } = this.#facts;
    const { latencyMs, note, faults, onTrouble } = this.#network;
    const { process } = this.#client;
    const fault = faults.faultAt(this.#site, CALL_FAULTS, round && { rates: round.rates, isFree: true });
    if (fault !== undefined) note(process, `${operation} ${count}: ${fault.kind}`);
    if (round !== undefined) onTrouble?.({ process, operation, round, fault: fault?.kind });
    const trip: RoundTrip = {
      requestMs: this.#dice.int(1, latencyMs),
      answerMs: this.#dice.int(1, latencyMs),
      succeed: (output) =>
        deliver(() => {
          this.#reportAnswer(output);
          this.#answer.resolve(output);
        }),
      fail: (error) => {
        note(process, `${operation} fails: ${error.name === 'Error' ? error.message : error.name}`);
        deliver(() => {
          this.#reportAnswer(undefined);
          this.#answer.reject(error);
        });
      },
    };
    if (fault === undefined) this.#answerAfter(trip, trip.answerMs);
    else this.#applyFault(fault, trip);
  }

  #reportAnswer(output: object | undefined): void {
    const { operation, input } = this.#facts;
    this.#network.onAnswer?.({ process: this.#client.process, site: this.#site, operation, input, output });
  }

  #applyFault({ kind, degree }: Fault, trip: RoundTrip): void {
    const { scheduler, crash, stallMs } = this.#network;
    const { process, backend, timeoutMs } = this.#client;
    const { operation } = this.#facts;
    const { requestMs, answerMs, fail } = trip;
    const dice = this.#dice;
    switch (kind) {
      case 'refused':
        scheduler.after(requestMs, () => fail(backend.serviceError(operation, dice)));
        break;
      case 'throttled':
        scheduler.after(requestMs, () => fail(backend.throttlingError(operation)));
        break;
      case 'lost_request':
        scheduler.after(timeoutMs, () => fail(networkError('TimeoutError', operation)));
        break;
      case 'lost_answer':
        this.#fireAndForget(requestMs);
        scheduler.after(requestMs + answerMs, () => fail(networkError('ECONNRESET', operation)));
        break;
      case 'late_effect':
        this.#fireAndForget(timeoutMs + Math.ceil(degree * degree * LATEST_EFFECT_MS));
        scheduler.after(timeoutMs, () => fail(networkError('TimeoutError', operation)));
        break;
      case 'slow':
        this.#answerAfter(trip, Math.ceil(degree * timeoutMs * 0.9));
        break;
      case 'crash_then_effect':
        this.#fireAndForget(requestMs + Math.ceil(degree * LATEST_EFFECT_AFTER_CRASH_MS));
        scheduler.after(0, () => crash(process));
        break;
      case 'crash_before_effect':
        scheduler.after(0, () => crash(process));
        break;
      case 'crash_after_effect':
        this.#answerAfter(trip, answerMs, { afterwards: () => crash(process) });
        break;
      case 'stall':
        process.stall(stallMs(degree));
        // In half of the stalls the answer itself arrives late, too.
        this.#answerAfter(trip, answerMs + (dice.chance(0.5) ? Math.ceil(stallMs(degree) * dice.next()) : 0));
        break;
      default:
        throw new Error(`${kind} is not a fault of a call`);
    }
  }

  #effect(): object | LongPoll {
    const { process, backend } = this.#client;
    const { operation, input, round } = this.#facts;
    if (backend.isDown()) throw networkError('ECONNREFUSED', operation);
    const batchOutput =
      round &&
      backend.applyWithEntryFaults?.(operation, input, process, { entryFaults: round.entryFaults, dice: this.#dice });
    const output = batchOutput ?? backend.apply(operation, input, process);
    if (!isLongPoll(output)) this.#reportEffect(output);
    return output;
  }

  #reportEffect(output: object): void {
    const { process, service } = this.#client;
    const { operation, input } = this.#facts;
    this.#network.onEffect({ process, service, operation, input, output });
  }

  /** The effect takes place when the request arrives, and the answer reaches the caller `delayMs` later. */
  #answerAfter(trip: RoundTrip, delayMs: number, { afterwards }: { afterwards?: () => void } = {}): void {
    const { scheduler } = this.#network;
    scheduler.after(trip.requestMs, () => {
      try {
        const output = this.#effect();
        afterwards?.();
        if (isLongPoll(output)) this.#wait(output, trip, delayMs);
        else scheduler.after(delayMs, () => trip.succeed(output));
      } catch (error) {
        afterwards?.();
        scheduler.after(delayMs, () => trip.fail(asError(error)));
      }
    });
  }

  /** Waits until the long poll has messages or its wait time is over. */
  #wait(output: LongPoll, trip: RoundTrip, delayMs: number): void {
    const cancel = output.wait((lateOutput) => {
      this.#reportEffect(lateOutput);
      this.#network.scheduler.after(delayMs, () => trip.succeed(lateOutput));
    });
    this.#cancelPoll = () => {
      if (this.#network.noticesAborts || this.#dice.chance(ABORT_NOTICE_PROBABILITY)) cancel();
    };
  }

  /** The effect takes place, and its answer is lost. */
  #fireAndForget(delayMs: number): void {
    const { scheduler, note } = this.#network;
    scheduler.after(delayMs, () => {
      try {
        const output = this.#effect();
        if (isLongPoll(output)) output.wait(() => {});
      } catch (error) {
        note(this.#client.process, `${this.#facts.operation} (unanswered) fails: ${asError(error).name}`);
      }
    });
  }
}

/** How long a call's request and its answer are on their way, and how the call ends for its caller. */
interface RoundTrip {
  readonly requestMs: number;
  readonly answerMs: number;
  readonly succeed: (output: object) => void;
  readonly fail: (error: Error) => void;
}

const isLongPoll = (output: object): output is LongPoll => 'wait' in output && typeof output.wait === 'function';

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
