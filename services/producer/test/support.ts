// The producer as a child process against the embedded AWS, and a reader of its queue.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OpenQueue } from '@movie-load/aws';
import type { Faults } from '@movie-load/local-aws';
import { checkLoadMessage, type LoadMessage, type ServiceReport, serviceReportSchema } from '@movie-load/schema';
import { startTestAws, type TestAws } from '@movie-load/testing';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export const startAws = (faults: Faults = {}): Promise<TestAws> => startTestAws({ faults });

export interface Started {
  readonly reports: readonly ServiceReport[];
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  exit(): Promise<number | null>;
}

export function startProducer(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = fork(MAIN, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const reports: ServiceReport[] = [];
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  child.on('message', (report) => reports.push(serviceReportSchema.parse(report)));
  const closed = once(child, 'close');
  return {
    reports,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    kill: (signal) => child.kill(signal),
    exit: async () => (await closed)[0],
  };
}

/** Receives and deletes all messages of the queue; each must be valid for a consumer. */
export async function drain(queue: OpenQueue): Promise<LoadMessage[]> {
  const all: LoadMessage[] = [];
  for (;;) {
    const messages = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    if (messages.length === 0) return all;
    for (const { body, groupId } of messages) {
      const checked = checkLoadMessage(body, groupId);
      if (!checked.ok) throw new Error(`${checked.reason}: ${checked.detail}`);
      all.push(checked.message);
    }
    await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
  }
}

export const numbers = (messages: readonly LoadMessage[]): number[] =>
  messages.map(({ number }) => number).sort((a, b) => a - b);
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
