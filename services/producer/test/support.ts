// The producer as a child process against the embedded AWS, and a look at what it put into the queue.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { awsSettingsFrom, createClients, type OpenQueue, openQueue, provision } from '@movie-load/aws';
import { type Faults, startLocalAws } from '@movie-load/local-aws';
import { checkLoadMessage, type LoadMessage, type ServiceReport, serviceReportSchema } from '@movie-load/schema';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface TestAws {
  readonly endpoint: string;
  readonly queue: OpenQueue;
  close(): Promise<void>;
}

export async function startAws(faults: Faults = {}): Promise<TestAws> {
  const aws = await startLocalAws({ faults });
  const env = { AWS_ENDPOINT_URL: aws.endpoint };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env });
  await provision(clients, settings);
  return {
    endpoint: aws.endpoint,
    queue: await openQueue(clients, settings.queue),
    async close() {
      clients.destroy();
      await aws.close();
    },
  };
}

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

/** Receives and deletes all that is in the queue; every message must be one that a consumer takes. */
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

/** Waits until it is so, looking often; the test's own time limit is the deadline. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
