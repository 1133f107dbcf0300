// Runs services in the foreground: by default they write to the command's own output. The command ends when all have
// ended, with their exit code.
import { EXIT } from '@movie-load/schema';
import { listenForInterrupt } from '../interrupt.ts';
import { checkOpenFiles } from '../open-files.ts';
import { describeExit, type ServiceOptions, startService } from './service.ts';

export interface ForegroundService extends Omit<ServiceOptions, 'name' | 'log'> {
  /** Default: `inherit`. */
  readonly log?: ServiceOptions['log'];
}

export interface ForegroundEnd {
  /** The largest exit code of the services, or that of the signal: 130 after Ctrl-C. */
  readonly code: number;
  readonly isInterrupted: boolean;
  /** The last problem that a service logged, if the log was kept; otherwise how the services ended. */
  readonly problem: string;
}

/** Resolves when all have ended. */
export async function runInForeground(services: readonly ForegroundService[]): Promise<ForegroundEnd> {
  checkOpenFiles();
  using interrupt = listenForInterrupt();
  const processes = services.map((options, index) =>
    startService({ log: 'inherit', ...options, name: `${options.service} ${index + 1}` }),
  );
  interrupt.onForce(() => {
    for (const one of processes) one.kill('SIGKILL');
  });
  // The service limits its drain itself (DRAIN_SECONDS), so there is no limit here.
  const drain = () => {
    for (const one of processes) one.kill('SIGTERM');
  };
  interrupt.signal.addEventListener('abort', drain, { once: true });
  const ends = await Promise.all(
    processes.map(async (service) => {
      const exit = await service.exited;
      return {
        code: exit.code ?? EXIT.failed,
        problem: service.lastProblem(),
        exitText: `The ${service.service} ${describeExit(exit)}.`,
      };
    }),
  );
  return {
    code: interrupt.signal.aborted ? interrupt.exitCode : Math.max(...ends.map(({ code }) => code)),
    isInterrupted: interrupt.signal.aborted,
    problem:
      ends.find(({ problem }) => problem !== undefined)?.problem ?? ends.map(({ exitText }) => exitText).join(' '),
  };
}
