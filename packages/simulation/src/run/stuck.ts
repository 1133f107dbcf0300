// Describes why a run does not end: the messages in the queues, the unfinished jobs, and what each process waits for.
import type { SimProcess } from '../engine/process.ts';
import { EPOCH_MS } from '../engine/scheduler.ts';
import { NAMES } from '../world/names.ts';
import type { Simulation } from './simulation.ts';

const MAX_NAMED = 6;

/** The reasons why a run has not ended. */
export function describeStuck(simulation: Simulation, working: Iterable<string>): string {
  const { jobs, oracle, live, scheduler, processes } = simulation;
  const busy = new Set(working);
  // A command that has ended waits for nothing.
  const shown = processes().filter(({ name, waiting }) => busy.has(name) || waiting.length > 0);
  const seconds = Math.round((scheduler.now() - EPOCH_MS) / 1000);
  const open = jobs
    .filter((job) => !oracle.stored.isComplete(job) && !oracle.stored.deletions.isDeleted(job))
    .map(({ plan }) => plan.nonce);
  const messages = [...live(NAMES.queue)].map(({ body, group }) => {
    const identity = oracle.identify(body, group);
    return identity === undefined ? 'a forged message' : `${identity.job.plan.nonce} #${identity.number}`;
  });
  const facts = [
    `after ${seconds} virtual seconds and ${scheduler.steps} steps`,
    open.length > 0 ? `not COMPLETE: ${listed(open)}` : 'every job is COMPLETE',
    messages.length > 0 ? `in the queue: ${listed(messages)}` : 'the queue is empty',
    `at work: ${listed([...busy])}`,
    ...shown.slice(0, MAX_NAMED).map(describeProcess),
  ];
  return facts.join('; ');
}

function describeProcess({ name, stalled, waiting }: SimProcess): string {
  const times = new Map<string, number>();
  for (const what of waiting) times.set(what, (times.get(what) ?? 0) + 1);
  const what = [...times].map(([one, count]) => (count > 1 ? `${one} × ${count}` : one));
  return `${name}${stalled ? ' (stopped)' : ''} waits for ${what.length === 0 ? 'no call and no sleep' : listed(what)}`;
}

function listed(all: readonly string[]): string {
  const more = all.length - MAX_NAMED;
  return all.length === 0 ? 'nothing' : `${all.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
