// Between a simulated process and the models: a client in the SDK's shape whose every call may be late, lost, repeated,
// throttled, done in part, or the last thing that the process ever did.
import { abortError, networkError } from '../models/errors.ts';
import { type Dice, diceOf } from './dice.ts';
import type { Fault, FaultKind, Faults } from './faults.ts';
import type { SimProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export type Service = 'sqs' | 'dynamodb' | 's3';

/** A call whose effect may not come at once: a long poll. */
export interface Waiting {
  readonly wait: (answer: (output: object) => void) => () => void;
}

export interface Backend {
  /** Does the operation. Throws what the service would answer. */
  apply(operation: string, input: object, caller: SimProcess): object | Waiting;
  /** The same with some entries refused or unprocessed; undefined when the operation knows no such thing. */
  applyPartly?(operation: string, input: object, caller: SimProcess, dice: Dice): object | undefined;
  /** AWS's throttling error of this service. */
  throttled(operation: string): Error;
  /** What the service answers when it is ill. */
  ill(operation: string, dice: Dice): Error;
  /** True while nobody reaches the service. */
  down(): boolean;
}

export interface NetworkOptions {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  /** Milliseconds that one way takes at most when all is well. */
  readonly latencyMs: number;
  readonly stallMs: (degree: number) => number;
  readonly crash: (process: SimProcess) => void;
  readonly note: (process: SimProcess, text: string) => void;
  /** Called after each effect, with the operation's name. */
  readonly onEffect: (effect: Effect) => void;
}

/** A call that took effect. */
export interface Effect {
  readonly process: SimProcess;
  readonly service: Service;
  readonly operation: string;
  readonly input: object;
  readonly output: object;
}

export interface ClientOptions {
  readonly process: SimProcess;
  readonly service: Service;
  readonly backend: Backend;
  /** As in production: what a call may take, and how often the SDK tries. */
  readonly timeoutMs: number;
  readonly attempts: number;
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
  'partial',
  'slow',
  'crash_then_effect',
  'crash_before_effect',
  'crash_after_effect',
  'stall',
];

export function createNetwork(options: NetworkOptions) {
  const { seed, scheduler, faults, latencyMs, stallMs, crash, note, onEffect } = options;

  function client({ process, service, backend, timeoutMs, attempts }: ClientOptions): SimClient {
    const calls = new Map<string, number>();
    return {
      send(command, { abortSignal } = {}) {
        const operation = command.constructor.name.replace(/Command$/, '');
        const count = (calls.get(operation) ?? 0) + 1;
        calls.set(operation, count);
        const site = `${process.name}|${service}:${operation}|${count}`;
        return new Promise<object>((resolve, reject) => {
          if (abortSignal?.aborted) {
            reject(abortError());
            return;
          }
          let settled = false;
          let cancelPoll = () => {};
          const settle = (how: () => void) =>
            process.deliver(() => {
              if (settled) return;
              settled = true;
              forget();
              keep();
              how();
            });
          // What is on its way stays on its way: an aborted call may still take effect.
          const onAbort = () => {
            settled = true;
            keep();
            cancelPoll();
            reject(abortError());
          };
          abortSignal?.addEventListener('abort', onAbort, { once: true });
          const forget = () => abortSignal?.removeEventListener('abort', onAbort);
          const keep = process.whenDead(forget);
          attempt(1);

          function attempt(number: number): void {
            const dice = diceOf(seed, `call|${site}|${number}`);
            const fault = faults.at(number === 1 ? site : `${site}#${number}`, CALL_FAULTS);
            const failed = (error: Error) => {
              note(process, `${operation} fails: ${error.name === 'Error' ? error.message : error.name}`);
              if (number >= attempts || settled || !process.alive || isFinal(error)) settle(() => reject(error));
              else scheduler.after(dice.int(50, 500), () => process.deliver(() => settled || attempt(number + 1)));
            };
            run({ fault, dice, failed, done: (output) => settle(() => resolve(output)) });
          }

          function run({ fault, dice, failed, done }: Attempt): void {
            const there = dice.int(1, latencyMs);
            const back = dice.int(1, latencyMs);
            if (fault !== undefined) note(process, `${operation} ${count}: ${fault.kind}`);
            const effect = (partly: boolean) => {
              if (backend.down()) throw networkError('ECONNREFUSED', operation);
              const output = partly
                ? (backend.applyPartly?.(operation, command.input, process, dice) ??
                  backend.apply(operation, command.input, process))
                : backend.apply(operation, command.input, process);
              if (!isWaiting(output)) onEffect({ process, service, operation, input: command.input, output });
              return output;
            };
            const answerAfter = (delayMs: number, partly = false, after?: () => void) =>
              scheduler.after(there, () => {
                try {
                  const output = effect(partly);
                  after?.();
                  if (!isWaiting(output)) {
                    scheduler.after(delayMs, () => done(output));
                    return;
                  }
                  const cancel = output.wait((late) => {
                    onEffect({ process, service, operation, input: command.input, output: late });
                    scheduler.after(delayMs, () => done(late));
                  });
                  // A poll that the client gave up is mostly noticed by the server; else it takes messages all the same.
                  cancelPoll = () => {
                    if (dice.chance(0.7)) cancel();
                  };
                } catch (error) {
                  after?.();
                  scheduler.after(delayMs, () => failed(asError(error)));
                }
              });
            /** Something happens whose answer nobody hears. */
            const unheard = (delayMs: number) =>
              scheduler.after(delayMs, () => {
                try {
                  const output = effect(false);
                  if (isWaiting(output)) output.wait(() => {});
                } catch (error) {
                  note(process, `${operation} (unheard) fails: ${asError(error).name}`);
                }
              });

            switch (fault?.kind) {
              case undefined:
                answerAfter(back);
                break;
              case 'refused':
                scheduler.after(there, () => failed(backend.ill(operation, dice)));
                break;
              case 'throttled':
                scheduler.after(there, () => failed(backend.throttled(operation)));
                break;
              case 'lost_request':
                scheduler.after(timeoutMs, () => failed(networkError('TimeoutError', operation)));
                break;
              case 'lost_answer':
                unheard(there);
                scheduler.after(there + back, () => failed(networkError('ECONNRESET', operation)));
                break;
              case 'late_effect':
                unheard(timeoutMs + Math.ceil(fault.degree * fault.degree * 120_000));
                scheduler.after(timeoutMs, () => failed(networkError('TimeoutError', operation)));
                break;
              case 'partial':
                answerAfter(back, true);
                break;
              case 'slow':
                answerAfter(Math.ceil(fault.degree * timeoutMs * 0.9));
                break;
              case 'crash_then_effect':
                unheard(there + Math.ceil(fault.degree * 30_000));
                scheduler.after(0, () => crash(process));
                break;
              case 'crash_before_effect':
                scheduler.after(0, () => crash(process));
                break;
              case 'crash_after_effect':
                answerAfter(back, false, () => crash(process));
                break;
              case 'stall':
                process.stall(stallMs(fault.degree));
                // Half of them are stopped with the request still on its way.
                answerAfter(back + (dice.chance(0.5) ? Math.ceil(stallMs(fault.degree) * dice.next()) : 0));
                break;
              default:
                throw new Error(`${fault?.kind} is no fault of a call`);
            }
          }
        });
      },
    };
  }
  return { client };
}

interface Attempt {
  readonly fault: Fault | undefined;
  readonly dice: Dice;
  readonly failed: (error: Error) => void;
  readonly done: (output: object) => void;
}

const isWaiting = (output: object): output is Waiting => 'wait' in output && typeof output.wait === 'function';

/** What the SDK does not try again: AWS answered that the request cannot be done. */
const isFinal = (error: Error) =>
  '$fault' in error && error.$fault === 'client' && !/Throttl|Throughput|SlowDown/.test(error.name);

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
