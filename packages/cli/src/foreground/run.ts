// Services that own the terminal: their output is the command's, and the command ends as they end.
import { EXIT } from '../exit.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { type ServiceName, startService } from '../processes/service.ts';

export interface ForegroundService {
  readonly service: ServiceName;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Resolves with the exit code when all have ended: theirs, or 130 after Ctrl-C. */
export async function runInForeground(services: readonly ForegroundService[]): Promise<number> {
  using interrupt = listenForInterrupt();
  const processes = services.map((one, index) =>
    startService({ ...one, name: `${one.service} ${index + 1}`, log: 'inherit' }),
  );
  interrupt.onForce(() => {
    for (const one of processes) one.kill('SIGKILL');
  });
  // How long a drain may take is the service's own setting (DRAIN_SECONDS): nothing is cut short here.
  const drain = () => {
    for (const one of processes) one.kill('SIGTERM');
  };
  interrupt.signal.addEventListener('abort', drain, { once: true });
  const exits = await Promise.all(processes.map(({ exited }) => exited));
  if (interrupt.signal.aborted) return EXIT.interrupted;
  return Math.max(...exits.map(({ code }) => code ?? EXIT.failed));
}
