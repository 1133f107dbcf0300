// The processes of a simulated world: starts each with its own clients, lets them crash or stall, and traces their
// calls.

import type { Service } from '../engine/backend.ts';
import type { Effect, TroubledCall } from '../engine/calls.ts';
import { diceOf } from '../engine/dice.ts';
import type { Faults } from '../engine/faults.ts';
import { createNetwork, type NetworkOptions, type SimClient } from '../engine/network.ts';
import { createProcess, type SimProcess } from '../engine/process.ts';
import type { Recorder } from '../engine/recorder.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { Actor } from '../world/actors.ts';
import { backendsOf } from '../world/backends.ts';
import { CallWatch } from '../world/call-watch.ts';
import { clientsOf } from '../world/clients.ts';
import type { Services } from '../world/services.ts';
import type { World } from '../world/world.ts';
import { describeCall } from './describe.ts';

export interface ProcessesOptions {
  readonly seed: number;
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly oracle: Oracle;
  readonly services: Services;
  /** The end of a service's outage, in milliseconds since the epoch. */
  readonly outages: ReadonlyMap<Service, number>;
  readonly note: (who: string, what: string) => void;
  /** Whether there is a listener of the trace: effects are described only then. */
  readonly isTraced: boolean;
  readonly recorder?: Recorder | undefined;
}

export interface Processes {
  /** Starts a process. `onCrash` is called when it dies. */
  start(name: string, onCrash: (process: SimProcess) => void): Actor;
  crash(process: SimProcess): void;
  /** The processes that have not died, also commands that have ended. */
  processes(): readonly SimProcess[];
  /** Releases all resources of the processes. */
  end(): void;
}

/**
 * The probability that a command's batch gets into trouble. It is high, because commands are few and make few
 * calls.
 */
const COMMAND_TROUBLE_RATE = 0.35;
const isServiceProcess = (name: string): boolean => /^(consumer|producer)/.test(name);
const REQUEST_TIMEOUT_MS = 20_000;
const POLL_TIMEOUT_MS = 30_000;
const S3_TIMEOUT_MS = 60_000;

/** Passes each call to the watch of its process and to the recorder of the run. */
const callListeners = (
  watches: WeakMap<SimProcess, CallWatch>,
  oracle: Oracle,
  recorder: Recorder | undefined,
): Pick<NetworkOptions, 'onCall' | 'onAnswer' | 'onTrouble'> => ({
  onCall(call) {
    watches.get(call.process)?.callStarted(call);
    recorder?.onCall(call);
  },
  onAnswer(call) {
    watches.get(call.process)?.callAnswered(call.operation, call.input, call.output);
    recorder?.onAnswer(call);
  },
  onTrouble(call) {
    countTrouble(call, oracle.count);
    for (const entryFault of call.round.entryFaults)
      if (entryFault !== undefined) watches.get(call.process)?.entryFaultStruck(entryFault);
  },
});

export function createProcesses(options: ProcessesOptions): Processes {
  const { seed, world, scheduler, faults, oracle, services, outages, note, recorder } = options;
  const onCrash = new Map<SimProcess, (process: SimProcess) => void>();
  const watches = new WeakMap<SimProcess, CallWatch>();
  const isDown = (service: Service) => (outages.get(service) ?? 0) > scheduler.now();
  const backends = backendsOf({ ...services, isDown, count: oracle.count });
  const network = createNetwork({
    seed,
    scheduler,
    faults,
    latencyMs: world.latencyMs,
    stallMs: (degree) => stallMs(world, degree),
    crash,
    note: (process, text) => note(process.name, text),
    onEffect: (effect) => reportEffect(effect, options),
    ...callListeners(watches, oracle, recorder),
  });
  const onSleep = sleepFaults(options, crash);

  function crash(process: SimProcess): void {
    if (!process.isAlive) return;
    process.crash();
    note(process.name, '✝ the process dies');
    oracle.count('crashes');
    onCrash.get(process)?.(process);
    onCrash.delete(process);
  }

  function start(name: string, onProcessCrash: (process: SimProcess) => void): Actor {
    const skewMs = Math.round((diceOf(seed, `skew|${name}`).next() - 0.5) * 2 * world.skewMs);
    const onLoop = () => oracle.violate('liveness', `${name} loops without waiting for a call or a sleep`);
    const process = createProcess({ name, seed, scheduler, skewMs, onSleep, onLoop });
    onCrash.set(process, onProcessCrash);
    const callWatch = new CallWatch({ name, violate: oracle.violate, count: oracle.count });
    watches.set(process, callWatch);
    const batchTroubleRate = isServiceProcess(name) ? undefined : COMMAND_TROUBLE_RATE;
    const senders = createSenders((service, timeoutMs) =>
      network.client({ process, service, backend: backends[service], timeoutMs, batchTroubleRate }),
    );
    // The `Date` of an HTTP answer has whole seconds.
    const queueTime = { now: () => Math.floor(scheduler.now() / 1000) * 1000, observe: () => {} };
    note(name, 'starts');
    return {
      process,
      clients: { ...clientsOf(senders), queueTime },
      poll: senders.poll,
      callWatch,
      stop: new AbortController(),
      world,
      oracle,
      now: scheduler.now,
      note: (text) => note(name, text),
    };
  }

  return {
    start,
    crash,
    processes: () => [...onCrash.keys()],
    end() {
      for (const process of onCrash.keys()) process.crash();
    },
  };
}

/** A process's clients, each with the time limit that it has in production. */
const createSenders = (client: (service: Service, timeoutMs: number) => SimClient) => ({
  sqs: client('sqs', REQUEST_TIMEOUT_MS),
  poll: client('sqs', POLL_TIMEOUT_MS),
  dynamodb: client('dynamodb', REQUEST_TIMEOUT_MS),
  s3: client('s3', S3_TIMEOUT_MS),
});

/** The duration of a stall: mostly longer than a visibility timeout, so that the process continues as a zombie. */
function stallMs({ visibilitySeconds }: World, degree: number): number {
  return Math.ceil(visibilitySeconds * 1000 * (0.5 + 2.5 * degree));
}

/** Passes an effect to the recorder and the oracle, counts it, and writes it to the trace. */
function reportEffect(effect: Effect, options: ProcessesOptions): void {
  const { process, operation, input, output } = effect;
  const { oracle, services, note, isTraced, recorder } = options;
  recorder?.onEffect(effect);
  oracle.stored.callTookEffect({ caller: process.name, operation, input });
  if (operation === 'CreateMultipartUpload') oracle.count('upload begun');
  if (operation === 'CompleteMultipartUpload') oracle.count('object in several parts');
  if (operation === 'AbortMultipartUpload') oracle.count('upload aborted');
  // Empty polls would fill the trace.
  if (!isTraced || (operation === 'ReceiveMessage' && !('Messages' in output))) return;
  const { messageByHandle } = services.sqs;
  note(process.name, describeCall({ operation, input, output, identify: oracle.identify, messageByHandle }));
}

const MANY_ROUNDS = 4;

/** Counts the faults of batches in trouble, by their sender. */
function countTrouble({ process, operation, round, fault }: TroubledCall, count: Oracle['count']): void {
  const [role = ''] = process.name.split(/[-.]/);
  const countBranch = (what: string) => count(`batch of ${role}: ${operation}: ${what}`);
  const kinds = new Set(round.entryFaults);
  for (const kind of kinds) if (kind !== undefined) countBranch(kind);
  if (kinds.size > 1) countBranch('entries with different fates');
  if (round.number === 1) return;
  if (kinds.size > 1 || !kinds.has(undefined)) countBranch('entries fail in a later round');
  if (fault !== undefined) countBranch('a later round fails as a whole');
  if (round.number >= MANY_ROUNDS) countBranch(`round ${MANY_ROUNDS} or later`);
}

/** Returns a listener of sleeps that lets the process die or stall while it sleeps, if a fault strikes there. */
function sleepFaults({ world, scheduler, faults, note }: ProcessesOptions, crash: (process: SimProcess) => void) {
  const sleeps = new Map<SimProcess, number>();
  return (process: SimProcess) => {
    const count = (sleeps.get(process) ?? 0) + 1;
    sleeps.set(process, count);
    const fault = faults.faultAt(`${process.name}|sleep|${count}`, ['crash_asleep', 'stall_asleep']);
    if (fault?.kind === 'crash_asleep') scheduler.after(1 + Math.floor(fault.degree * 1000), () => crash(process));
    if (fault?.kind === 'stall_asleep') process.stall(stallMs(world, fault.degree));
    if (fault !== undefined) note(process.name, `${fault.kind}`);
  };
}
