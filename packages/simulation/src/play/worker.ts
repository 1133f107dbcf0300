// A worker thread that handles one request and ends: it lists the sabotages, plays a run, or finds its shortest
// schedule.
import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '@movie-load/schema';
import { HARMLESS_CHANGES } from '../sabotage/harmless.ts';
import { SABOTAGES } from '../sabotage/list.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import { findShortest, play } from './play.ts';
import type { PlayAnswer, PlayTask, SabotageRow } from './recording.ts';

const toRow = ({ name, about }: Sabotage, harmless: boolean): SabotageRow => ({ name, about, harmless });

async function runTask(task: PlayTask): Promise<unknown> {
  if (task.kind === 'list') {
    return [
      ...SABOTAGES.map((sabotage) => toRow(sabotage, false)),
      ...HARMLESS_CHANGES.map((change) => toRow(change, true)),
    ];
  }
  return task.kind === 'play' ? await play(task.request) : ((await findShortest(task.request)) ?? null);
}

const send = (response: PlayAnswer) => parentPort?.postMessage(response);

try {
  send({ json: JSON.stringify(await runTask(workerData)) });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  send({ problem: error.message });
}
