// Describes a job as a flow: its size is that of its plan, its speed is that of `movie-load capacity`.
// test/capacity.test.ts compares that speed with the model of whole jobs.
import type { JobMode } from '@movie-load/aws';
import { estimateJob } from '@movie-load/queue';
import { speedOf } from '@movie-load/queue/capacity';
import { planOf } from '../scale/makespan.ts';
import type { FleetJob } from './flow.ts';

export function fleetJob(mode: JobMode, movies: number, startsOn: number): FleetJob {
  const plan = planOf(mode, movies);
  const estimate = estimateJob(plan);
  const speed = speedOf(plan, estimate);
  const moviesOfMessage = movies / estimate.messages;
  return {
    startsOn,
    messages: estimate.messages,
    messageBytes: estimate.message_bytes,
    messageGroups: estimate.groups,
    sentPerSecond: speed.producerMoviesPerSecond / moviesOfMessage,
    storedPerSecond: speed.consumerMoviesPerSecond / moviesOfMessage,
    receivesAtOnce: speed.receivesAtOnce,
    writeUnitsPerMessage: estimate.dynamodb.write_units / estimate.messages,
  };
}
