// The processes of one job: a producer that sends it, and consumers.
import type { JobPlan, ServiceReport } from '@movie-load/schema';
import type { Interrupt } from '../../interrupt.ts';
import { serviceEnvironment } from '../../processes/environment.ts';
import { type ServiceProcess, startService, stopServices } from '../../processes/service.ts';

export interface JobProcessesOptions {
  readonly plan: JobPlan;
  readonly consumers: number;
  /** Settings of the embedded AWS. */
  readonly endpoint: string;
  readonly interrupt: Interrupt;
  onReport(report: ServiceReport): void;
}

export interface JobProcesses extends AsyncDisposable {
  readonly producer: ServiceProcess;
  readonly consumers: readonly ServiceProcess[];
  /** Resolves when all processes have ended and sent their last reports. May be called again. */
  stop(): Promise<void>;
}

export function startJobProcesses({
  plan,
  consumers: count,
  endpoint,
  interrupt,
  onReport,
}: JobProcessesOptions): JobProcesses {
  const log = process.env.LOG_LEVEL ? ('show' as const) : ('keep' as const);
  const commonOptions = { env: serviceEnvironment(endpoint), log, onReport };
  const consumers = Array.from({ length: count }, (_, index) =>
    startService({ ...commonOptions, service: 'consumer', name: `consumer ${index + 1}` }),
  );
  const producer = startService({
    ...commonOptions,
    service: 'producer',
    name: 'producer',
    args: producerArguments(plan),
  });
  const processes = [producer, ...consumers];
  const removeForce = interrupt.onForce(() => {
    for (const one of processes) one.kill('SIGKILL');
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopServices(processes).then(removeForce);
    return stopped;
  };
  return { producer, consumers, stop, [Symbol.asyncDispose]: stop };
}

/** The options that make the producer use exactly this plan. */
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
