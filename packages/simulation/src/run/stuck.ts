// Describes why a run does not end: the messages in the queues, the unfinished jobs, and what each process waits for.
import type { SimProcess } from '../engine/process.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import { NAMES } from '../world/names.ts';
import type { Simulation } from './simulation.ts';

const MAX_NAMED = 6;

/** The reasons why a run has not ended. */
export function describeUnfinishedRun(simulation: Simulation, working: Iterable<string>): string {
  const { jobs, oracle, liveMessages, scheduler, processes } = simulation;
  const busy = new Set(working);
  // A command that has ended waits for nothing.
  const listedProcesses = processes().filter(({ name, pendingWaits }) => busy.has(name) || pendingWaits.length > 0);
  const seconds = Math.round((scheduler.now() - EPOCH_MS) / 1000);
  const openJobs = jobs
    .filter((job) => !oracle.stored.isComplete(job) && !oracle.stored.deletions.isDeleted(job))
    .map(({ plan }) => plan.nonce);
  const messages = [...liveMessages(NAMES.queue)].map(({ body, group }) => {
    const identity = oracle.identify(body, group);
    return identity === undefined ? 'a forged message' : `${identity.job.plan.nonce} #${identity.number}`;
  });
  const facts = [
    `after ${seconds} virtual seconds and ${scheduler.steps} steps`,
    openJobs.length > 0 ? `not COMPLETE: ${joinNames(openJobs)}` : 'every job is COMPLETE',
    messages.length > 0 ? `in the queue: ${joinNames(messages)}` : 'the queue is empty',
    `at work: ${joinNames([...busy])}`,
    ...listedProcesses.slice(0, MAX_NAMED).map(describeProcess),
  ];
  return facts.join('; ');
}

function describeProcess({ name, isStalled, pendingWaits }: SimProcess): string {
  const waitCounts = new Map<string, number>();
  for (const what of pendingWaits) waitCounts.set(what, (waitCounts.get(what) ?? 0) + 1);
  const descriptions = [...waitCounts].map(([wait, count]) => (count > 1 ? `${wait} × ${count}` : wait));
  return `${name}${isStalled ? ' (stopped)' : ''} waits for ${descriptions.length === 0 ? 'no call and no sleep' : joinNames(descriptions)}`;
}

function joinNames(names: readonly string[]): string {
  const omittedCount = names.length - MAX_NAMED;
  return names.length === 0
    ? 'nothing'
    : `${names.slice(0, MAX_NAMED).join(', ')}${omittedCount > 0 ? ` and ${omittedCount} more` : ''}`;
}
