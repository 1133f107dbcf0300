// Starts the fixture service as a child process and collects what it says.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';

const SERVICE = fileURLToPath(new URL('./fixtures/service.ts', import.meta.url));

export interface Started {
  readonly child: ChildProcess;
  readonly reports: ServiceReport[];
  stderr(): string;
  /** Resolves when the service has written the text to stderr. */
  logs(text: string): Promise<void>;
  exit(): Promise<{ code: number | null; signal: string | null }>;
}

export function startFixture(env: Record<string, string>): Started {
  const child = fork(SERVICE, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const reports: ServiceReport[] = [];
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.on('message', (report) => reports.push(serviceReportSchema.parse(report)));
  // Not `close`: it never comes when the parent has disconnected.
  const exited = once(child, 'exit');
  const silent = once(child.stderr ?? child, 'end');
  return {
    child,
    reports,
    stderr: () => stderr,
    async logs(text) {
      while (!stderr.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended before it said "${text}": ${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async exit() {
      const [code, signal] = await exited;
      await silent;
      return { code, signal };
    },
  };
}
