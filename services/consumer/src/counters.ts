// What a consumer has done since it started. IPC reports and `/metrics` read the same numbers.

export interface ConsumerCounters {
  receivedMessages: number;
  /** Messages received with a receive count over 1. */
  redelivered: number;
  storedMessages: number;
  storedMovies: number;
  slices: number;
  assembledMovies: number;
  completedJobs: number;
  /** The last ones' ids, at most 100. */
  readonly lastCompleted: string[];
  /** By reason. */
  readonly deadLettered: Map<string, number>;
  /** Deliveries of messages whose plan version only newer releases know. */
  newerVersion: number;
  /** Messages released because they could not be stored, or because the process ends. */
  released: number;
  /** Messages received and neither deleted nor released. */
  inFlight: number;
}

const LAST_COMPLETED = 100;

export function createConsumerCounters(): ConsumerCounters {
  return {
    receivedMessages: 0,
    redelivered: 0,
    storedMessages: 0,
    storedMovies: 0,
    slices: 0,
    assembledMovies: 0,
    completedJobs: 0,
    lastCompleted: [],
    deadLettered: new Map(),
    newerVersion: 0,
    released: 0,
    inFlight: 0,
  };
}

export function countCompleted(counters: ConsumerCounters, jobId: string): void {
  counters.completedJobs++;
  counters.lastCompleted.push(jobId);
  if (counters.lastCompleted.length > LAST_COMPLETED) counters.lastCompleted.shift();
}
