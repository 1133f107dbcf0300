// Runs the simulation in a worker thread, one run at a time. The repository contains it but images do not, so that no
// module of this server imports it.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PlayAnswer, PlayTask } from '@movie-load/simulation/recording';
import { HttpError } from './http-body.ts';

export interface SimulationOptions {
  /** The worker's program, which may be missing. */
  readonly worker?: URL;
  readonly limitMs?: number;
  /** How long a run waits for the previous one to end: a page that starts a run has just left that one. */
  readonly maxWaitMs?: number;
  readonly onWorkerError?: (error: unknown) => void;
}

const WORKER = new URL('../../../packages/simulation/src/play/worker.ts', import.meta.url);
/** Looking for a seed takes up to 12 s, and looking for the shortest schedule up to 12 s more. */
const LIMIT_MS = 30_000;
const MAX_MEMORY_MB = 256;
const MAX_WAIT_MS = 2000;

export type Simulation = ReturnType<typeof createSimulation>;

export function createSimulation(options: SimulationOptions = {}) {
  const { worker = WORKER, limitMs = LIMIT_MS, maxWaitMs = MAX_WAIT_MS, onWorkerError = () => {} } = options;
  const isInstalled = existsSync(fileURLToPath(worker));
  let running: Promise<unknown> | undefined;
  let list: Promise<string> | undefined;

  const runTask = async (task: PlayTask, signal: AbortSignal): Promise<string> => {
    const limit = AbortSignal.timeout(limitMs);
    const outcome = await runWorker(worker, task, AbortSignal.any([signal, limit])).catch((error: unknown) => {
      if (signal.aborted) throw new HttpError(503, 'Cancelled', 'The page that asked for the run has left it.');
      if (limit.aborted) throw new HttpError(503, 'Took too long', tooLongText(limitMs));
      onWorkerError(error);
      throw new HttpError(502, 'The run ended early', WORKER_DIED);
    });
    if ('problem' in outcome) throw new HttpError(400, 'Not possible', outcome.problem);
    return outcome.json;
  };

  return {
    isInstalled,
    /** The list of sabotages as JSON, which does not change while the server runs. */
    async sabotages(signal: AbortSignal): Promise<string> {
      list ??= runTask({ kind: 'list' }, signal);
      const result = list;
      try {
        return await result;
      } catch (error) {
        if (list === result) list = undefined;
        throw error;
      }
    },
    /** The result of a task as JSON. Ends the worker when the signal aborts. */
    async run(task: PlayTask, signal: AbortSignal): Promise<string> {
      if (!isInstalled) throw new HttpError(404, 'Not installed', NOT_INSTALLED);
      if (running !== undefined) await Promise.race([running, sleep(maxWaitMs, undefined, { ref: false })]);
      if (running !== undefined)
        throw new HttpError(429, 'Busy', 'Another run of the simulation is going on. Try again in a moment.');
      const result = runTask(task, signal);
      running = result
        .catch(() => {})
        .then(() => {
          running = undefined;
        });
      return await result;
    },
  };
}

const NOT_INSTALLED =
  'The simulation is part of the repository, and not of the image. Run npm run movie-load -- up there, or npm run sim.';
const WORKER_DIED =
  'The worker of the run died. The console’s log says why; npm run sim runs the same on the command line.';
const tooLongText = (ms: number) =>
  `The run was ended after ${ms / 1000} s. Choose another seed or fewer movies; npm run sim has no such limit.`;

/** Resolves with the worker's result; rejects when it dies or the signal aborts. The worker has ended by then. */
async function runWorker(program: URL, task: PlayTask, signal: AbortSignal): Promise<PlayAnswer> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<PlayAnswer>();
  const worker = new Worker(program, {
    workerData: task,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
  });
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the worker ended with ${code} without a result`)));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
