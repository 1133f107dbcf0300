// The clients of a process in the model of whole jobs. A call takes CPU time of its caller and of the server, takes its
// latency, and counts against the quotas. It fails only if it is throttled or its service is unreachable.

import type { LongPoll, Service } from '../engine/backend.ts';
import type { SimClient } from '../engine/network.ts';
import type { SimProcess } from '../engine/process.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { abortError, networkError, sqsError } from '../services/errors.ts';
import type { createCosts } from './costs.ts';
import type { Program } from './machine.ts';
import type { Measures } from './measures.ts';

export interface CallsOptions {
  readonly scheduler: Scheduler;
  readonly costs: ReturnType<typeof createCosts>;
  /** The server's CPU; undefined on AWS. */
  readonly server: Program | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Runs the operation. Throws the service's error. */
  readonly apply: Readonly<Record<Service, (operation: string, input: object, caller: string) => object | LongPoll>>;
  /** Whether SQS's quota admits one more call of this action. */
  readonly isWithinQuota: (action: string, now: number) => boolean;
  readonly isDown: (service: Service) => boolean;
  readonly measures: Measures;
}

export interface Caller {
  readonly process: SimProcess;
  readonly program: Program;
}

interface Command {
  readonly input: object;
}

const isLongPoll = (output: object): output is LongPoll => 'wait' in output && typeof output.wait === 'function';

export function createModelClients(options: CallsOptions) {
  return (caller: Caller, service: Service): SimClient => ({
    send(command: Command, { abortSignal } = {}) {
      const operation = command.constructor.name.replace(/Command$/, '');
      return new Call(options, caller, { service, operation, input: command.input }).start(abortSignal);
    },
  });
}

interface CallFacts {
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
}

class Call {
  readonly #options: CallsOptions;
  readonly #caller: Caller;
  readonly #facts: CallFacts;
  readonly #answer = Promise.withResolvers<object>();
  #isOver = false;
  #cancelPoll = () => {};

  constructor(options: CallsOptions, caller: Caller, facts: CallFacts) {
    this.#options = options;
    this.#caller = caller;
    this.#facts = facts;
  }

  start(signal: AbortSignal | undefined): Promise<object> {
    const { process } = this.#caller;
    if (signal?.aborted) return Promise.reject(abortError());
    // A dead process makes no calls.
    if (!process.isAlive) return this.#answer.promise;
    const cancel = () => {
      this.#isOver = true;
      this.#cancelPoll();
    };
    const onAbort = () => {
      cancel();
      removeCrashListener();
      this.#answer.reject(abortError());
    };
    const removeCrashListener = process.onCrash(() => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#send((settle) =>
      process.deliver(() => {
        if (this.#isOver) return;
        this.#isOver = true;
        signal?.removeEventListener('abort', onAbort);
        removeCrashListener();
        settle();
      }),
    );
    return this.#answer.promise;
  }

  #send(deliver: (settle: () => void) => void): void {
    const { costs, server, measures } = this.#options;
    const { service, operation, input } = this.#facts;
    const { program } = this.#caller;
    const { beforeMs, serverMs, roundTripMs } = costs.requestCosts(service, operation, input);
    const onAnswer = (output: object) => {
      const { afterMs, serverMs: answerServerMs } = costs.responseCosts(operation, output);
      const sendAnswer = () =>
        this.#after(roundTripMs / 2, () => program.work(afterMs, () => deliver(() => this.#answer.resolve(output))));
      if (server === undefined) sendAnswer();
      else server.work(answerServerMs, sendAnswer);
    };
    const onFailure = (error: Error) => {
      measures.failed(service, error);
      this.#after(roundTripMs / 2, () => deliver(() => this.#answer.reject(error)));
    };
    const onArrival = () => {
      try {
        this.#effect(onAnswer);
      } catch (error) {
        onFailure(Error.isError(error) ? error : new Error(String(error)));
      }
    };
    program.work(beforeMs, () =>
      this.#after(roundTripMs / 2, () => (server === undefined ? onArrival() : server.work(serverMs, onArrival))),
    );
  }

  #effect(onAnswer: (output: object) => void): void {
    const { apply, isWithinQuota, isDown, measures, scheduler } = this.#options;
    const { service, operation, input } = this.#facts;
    const { process } = this.#caller;
    if (isDown(service)) throw networkError('ECONNREFUSED', operation);
    if (service === 'sqs' && !isWithinQuota(operation, scheduler.now())) {
      throw sqsError('RequestThrottled', 'Request is throttled.', 403);
    }
    // An aborted long poll takes no messages, because the server has noticed.
    if (this.#isOver && operation === 'ReceiveMessage') return;
    const output = apply[service](operation, input, process.name);
    measures.called(service, operation, output, scheduler.now());
    if (!isLongPoll(output)) {
      onAnswer(output);
      return;
    }
    const since = scheduler.now();
    this.#cancelPoll = output.wait((later) => {
      measures.waited(scheduler.now() - since);
      onAnswer(later);
    });
  }

  /** Runs `run` after `ms`, rounded at random to whole milliseconds so that the average is exact. */
  #after(ms: number, run: () => void): void {
    const { scheduler, random } = this.#options;
    scheduler.after(Math.floor(ms + random()), run);
  }
}
