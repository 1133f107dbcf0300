// Services that own the terminal: their output is the command's by default, and it ends as they end.
import { EXIT } from '@movie-load/schema';
import { listenForInterrupt } from '../interrupt.ts';
import { checkOpenFiles } from '../open-files.ts';
import { describeExit, type ServiceOptions, startService } from './service.ts';

export interface ForegroundService extends Omit<ServiceOptions, 'name' | 'log'> {
  /** `inherit` when not given. */
  readonly log?: ServiceOptions['log'];
}

export interface ForegroundEnd {
  /** The services' largest, or that of the signal: 130 after Ctrl-C. */
  readonly code: number;
  readonly isInterrupted: boolean;
  /** The last problem that one of them logged, where the log was kept; else how it ended. */
  readonly complaint: string;
}

/** Resolves when all have ended. */
export async function runInForeground(services: readonly ForegroundService[]): Promise<ForegroundEnd> {
  checkOpenFiles();
  using interrupt = listenForInterrupt();
  const processes = services.map((one, index) =>
    startService({ log: 'inherit', ...one, name: `${one.service} ${index + 1}` }),
  );
  interrupt.onForce(() => {
    for (const one of processes) one.kill('SIGKILL');
  });
  // How long a drain may take is the service's own setting (DRAIN_SECONDS): nothing is cut short here.
  const drain = () => {
    for (const one of processes) one.kill('SIGTERM');
  };
  interrupt.signal.addEventListener('abort', drain, { once: true });
  const ends = await Promise.all(
    processes.map(async (one) => {
      const exit = await one.exited;
      return {
        code: exit.code ?? EXIT.failed,
        complaint: one.complaint(),
        how: `The ${one.service} ${describeExit(exit)}.`,
      };
    }),
  );
  return {
    code: interrupt.signal.aborted ? interrupt.exitCode : Math.max(...ends.map(({ code }) => code)),
    isInterrupted: interrupt.signal.aborted,
    complaint: ends.find(({ complaint }) => complaint !== undefined)?.complaint ?? ends.map(({ how }) => how).join(' '),
  };
}
