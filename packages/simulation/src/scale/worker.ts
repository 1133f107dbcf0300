// A worker thread: runs the model with the options of its messages, one after the other.
import { parentPort } from 'node:worker_threads';
import { type MakespanOptions, runModel } from './makespan.ts';

parentPort?.on('message', (options: MakespanOptions) => {
  runModel(options).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      throw error;
    },
  );
});
