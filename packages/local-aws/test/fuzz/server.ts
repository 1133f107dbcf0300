// Starts the server process, requests its reports, and restarts it when it has ended.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServerReport } from './server-process.ts';

export class FuzzedServer {
  readonly #index: string;
  #child: ChildProcess | undefined;
  port = 0;
  /** The number of times that the process ended unexpectedly or had to be killed because it did not answer. */
  restarts = 0;
  /** Lines about internal failures. */
  readonly log: string[] = [];
  onBusy: (ms: number) => void = () => {};

  constructor(index: string) {
    this.#index = index;
  }

  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async start(): Promise<void> {
    const child = fork(new URL('./server-process.ts', import.meta.url), [this.#index], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr?.on('data', (bytes: Buffer) => this.log.push(String(bytes).slice(0, 2000)));
    child.on('message', (report: ServerReport) => {
      if (report.kind === 'log') this.log.push(report.line ?? '');
      if (report.kind === 'busy') this.onBusy(report.longestMs ?? 0);
    });
    this.port = (await this.#next('listening')).port ?? 0;
  }

  async restart(): Promise<void> {
    this.restarts += 1;
    await this.stop();
    await this.start();
  }

  /** Heap and buffers after a collection, and the longest CPU time without a break since the last report. */
  async report(): Promise<{ readonly memoryMb: number; readonly longestMs: number }> {
    this.#child?.send('report');
    const { heapMb = 0, externalMb = 0, longestMs = 0 } = await this.#next('report');
    return { memoryMb: heapMb + externalMb, longestMs };
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.alive) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async #next(kind: ServerReport['kind']): Promise<ServerReport> {
    const child = this.#child;
    if (child === undefined) throw new Error('the server was not started');
    return await new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => {
        child.off('message', onMessage);
        reject(new Error(`the server ended with ${code}: ${this.log.at(-1) ?? ''}`));
      };
      const onMessage = (report: ServerReport): void => {
        if (report.kind !== kind) return;
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(report);
      };
      child.on('message', onMessage);
      child.once('exit', onExit);
    });
  }
}
