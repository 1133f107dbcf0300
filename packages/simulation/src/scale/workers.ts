// Runs of the model on worker threads: each installs virtual timers, so a thread runs one at a time.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Makespan, MakespanOptions } from './makespan.ts';
import type { RunModel } from './study.ts';

export interface Workers {
  readonly run: RunModel;
  end(): Promise<void>;
}

interface Task {
  readonly options: MakespanOptions;
  readonly onResult: (result: Makespan) => void;
  readonly onError: (error: unknown) => void;
}

/** Two threads at most: a run of millions of movies takes some 2 GB. */
const MAX_WORKERS = 2;

/** Starts the threads. When a run fails, its thread ends, and all running and waiting runs are rejected with its error. */
export function startWorkers(): Workers {
  const waiting: Task[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Task>();
  const threads = Array.from(
    { length: Math.min(MAX_WORKERS, availableParallelism()) },
    () => new Worker(new URL('./worker.ts', import.meta.url)),
  );
  const startWaitingRuns = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const [worker, task] = [idle.pop(), waiting.shift()];
      if (worker === undefined || task === undefined) return;
      running.set(worker, task);
      worker.postMessage(task.options);
    }
  };
  for (const worker of threads) {
    idle.push(worker);
    worker.on('message', (result: Makespan) => {
      running.get(worker)?.onResult(result);
      running.delete(worker);
      idle.push(worker);
      startWaitingRuns();
    });
    worker.on('error', (error) => {
      for (const task of [...running.values(), ...waiting]) task.onError(error);
    });
  }
  return {
    run(options) {
      const { promise, resolve, reject } = Promise.withResolvers<Makespan>();
      waiting.push({ options, onResult: resolve, onError: reject });
      startWaitingRuns();
      return promise;
    },
    async end() {
      await Promise.all(threads.map((worker) => worker.terminate()));
    },
  };
}
