// The clients of a process in the model. Each call takes CPU time of its caller and of the server, and its latency,
// and counts against the quotas. A call fails only if it is throttled or its service is unreachable.

import type { Service, Waiting } from '../engine/backend.ts';
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
  readonly apply: Readonly<Record<Service, (operation: string, input: object, caller: string) => object | Waiting>>;
  /** Whether SQS's quota admits one more call of this action. */
  readonly isWithinQuota: (action: string, now: number) => boolean;
  readonly isAway: (service: Service) => boolean;
  readonly measures: Measures;
}

export interface Caller {
  readonly process: SimProcess;
  readonly program: Program;
}

interface Command {
  readonly input: object;
}

const isWaiting = (output: object): output is Waiting => 'wait' in output && typeof output.wait === 'function';

export function createCalls(options: CallsOptions) {
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
    if (!process.alive) return this.#answer.promise;
    const leave = () => {
      this.#isOver = true;
      this.#cancelPoll();
    };
    const onAbort = () => {
      leave();
      removeCrashListener();
      this.#answer.reject(abortError());
    };
    const removeCrashListener = process.onCrash(() => {
      leave();
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
    const { beforeMs, serverMs, wayMs } = costs.before(service, operation, input);
    const answered = (output: object) => {
      const { afterMs, serverMs: answeringMs } = costs.after(operation, output);
      const back = () =>
        this.#after(wayMs / 2, () => program.work(afterMs, () => deliver(() => this.#answer.resolve(output))));
      if (server === undefined) back();
      else server.work(answeringMs, back);
    };
    const failed = (error: Error) => {
      measures.failed(service, error);
      this.#after(wayMs / 2, () => deliver(() => this.#answer.reject(error)));
    };
    const arrived = () => {
      try {
        this.#effect(answered);
      } catch (error) {
        failed(Error.isError(error) ? error : new Error(String(error)));
      }
    };
    program.work(beforeMs, () =>
      this.#after(wayMs / 2, () => (server === undefined ? arrived() : server.work(serverMs, arrived))),
    );
  }

  #effect(answered: (output: object) => void): void {
    const { apply, isWithinQuota, isAway, measures, scheduler } = this.#options;
    const { service, operation, input } = this.#facts;
    const { process } = this.#caller;
    if (isAway(service)) throw networkError('ECONNREFUSED', operation);
    if (service === 'sqs' && !isWithinQuota(operation, scheduler.now())) {
      throw sqsError('RequestThrottled', 'Request is throttled.', 403);
    }
    // An aborted long poll takes no messages, because the server has noticed.
    if (this.#isOver && operation === 'ReceiveMessage') return;
    const output = apply[service](operation, input, process.name);
    measures.called(service, operation, output, scheduler.now());
    if (!isWaiting(output)) {
      answered(output);
      return;
    }
    const since = scheduler.now();
    this.#cancelPoll = output.wait((later) => {
      measures.waited(scheduler.now() - since);
      answered(later);
    });
  }

  /** Rounds to whole milliseconds that are right on average. */
  #after(ms: number, run: () => void): void {
    const { scheduler, random } = this.#options;
    scheduler.after(Math.floor(ms + random()), run);
  }
}
