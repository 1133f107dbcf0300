// The processes of one job: a producer that sends it, and consumers.
import type { JobPlan, ServiceReport } from '@movie-load/schema';
import type { Interrupt } from '../interrupt.ts';
import { embeddedEnvironment } from './environment.ts';
import { type ServiceProcess, startService, stopServices } from './service.ts';

export interface FleetOptions {
  readonly plan: JobPlan;
  readonly consumers: number;
  /** Of the embedded AWS. */
  readonly endpoint: string;
  readonly interrupt: Interrupt;
  onReport(report: ServiceReport): void;
}

export interface Fleet extends AsyncDisposable {
  readonly producer: ServiceProcess;
  readonly consumers: readonly ServiceProcess[];
  /** Resolves when all are gone and have reported for the last time. May be called again. */
  stop(): Promise<void>;
}

/** Ctrl-C must have stopped everything within 5 s. */
const STOP_GRACE_MS = 3500;
const DRAIN_SECONDS = '2';
/** What goes well is told by the reports. LOG_LEVEL shows the services' own log. */
const QUIET = 'warn';

export function startFleet({ plan, consumers: count, endpoint, interrupt, onReport }: FleetOptions): Fleet {
  const log = process.env.LOG_LEVEL ? ('show' as const) : ('keep' as const);
  const common = { env: embeddedEnvironment(endpoint, environment()), log, onReport };
  const consumers = Array.from({ length: count }, (_, index) =>
    startService({ ...common, service: 'consumer', name: `consumer ${index + 1}` }),
  );
  const producer = startService({ ...common, service: 'producer', name: 'producer', args: producerArguments(plan) });
  const all = [producer, ...consumers];
  const takeBack = interrupt.onForce(() => {
    for (const one of all) one.kill('SIGKILL');
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopServices(all, STOP_GRACE_MS).then(takeBack);
    return stopped;
  };
  return { producer, consumers, stop, [Symbol.asyncDispose]: stop };
}

function environment(): NodeJS.ProcessEnv {
  return {
    LOG_LEVEL: process.env.LOG_LEVEL || QUIET,
    DRAIN_SECONDS: process.env.DRAIN_SECONDS || DRAIN_SECONDS,
  };
}

/** The plan as the producer's options; the same plan comes out of them. */
export function producerArguments(plan: JobPlan): string[] {
  return [
    ['--movies', plan.movies],
    ['--movies-per-message', plan.movies_per_message],
    ['--seed', plan.seed],
    ['--nonce', plan.nonce],
  ]
    .flat()
    .map(String)
    .concat('--yes', '--once');
}
