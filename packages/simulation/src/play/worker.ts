// A worker thread that handles one request and ends: it lists the sabotages, plays a run, or finds its shortest
// schedule.
import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '@movie-load/schema';
import { HARMLESS } from '../sabotage/harmless.ts';
import { SABOTAGES } from '../sabotage/list.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import { play, shortest } from './play.ts';
import type { PlayAnswer, PlayTask, SabotageRow } from './recording.ts';

const row = ({ name, about }: Sabotage, harmless: boolean): SabotageRow => ({ name, about, harmless });

async function answer(task: PlayTask): Promise<unknown> {
  if (task.kind === 'list') {
    return [...SABOTAGES.map((one) => row(one, false)), ...HARMLESS.map((one) => row(one, true))];
  }
  return task.kind === 'play' ? await play(task.request) : ((await shortest(task.request)) ?? null);
}

const send = (answered: PlayAnswer) => parentPort?.postMessage(answered);

try {
  send({ json: JSON.stringify(await answer(workerData)) });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  send({ problem: error.message });
}
