// Adds the deletion of a job to some worlds, mostly while the job runs, and messages of it that arrive late.
import { shapeOf } from '@movie-load/schema';
import { diceOf } from '../engine/dice.ts';
import type { FaultKind, FaultRates } from '../engine/faults.ts';
import type { World, WorldEvent } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Returns the world, for a fifth of the seeds with a deletion in it. */
export function withDeletion(seed: number, world: World): World {
  const dice = diceOf(seed, 'deletions');
  if (!dice.chance(0.2)) return world;
  const job = dice.int(0, world.jobs.length - 1);
  const { plan } = world.jobs[job] ?? {};
  const atMs = dice.int(0, dice.pick([5, 20, 90]) * SECOND);
  const lateMessages = Array.from({ length: dice.int(0, 6) }, (_, index): WorldEvent => {
    const number = plan === undefined ? 0 : dice.int(0, shapeOf(plan).messages - 1);
    return { id: `late ${index}`, atMs: atMs + dice.int(0, 30 * SECOND), kind: 'duplicate', job, number };
  });
  const force = dice.chance(0.8);
  const secondDeletion: WorldEvent = { id: 'delete 1', atMs: atMs + dice.int(0, MINUTE), kind: 'delete', job, force };
  const firstDeletion: WorldEvent = { id: 'delete 0', atMs, kind: 'delete', job, force };
  const events = [...world.events, firstDeletion, ...(dice.chance(0.3) ? [secondDeletion] : []), ...lateMessages];
  return dice.chance(0.5) ? withMildFaults({ ...world, events }) : { ...world, events };
}

/**
 * Faults after which items of a deleted job may remain: a write takes effect after the deletion, or the process that
 * would remove what it wrote dies or is paused.
 */
export const FAULTS_THAT_LEAVE_ITEMS: readonly FaultKind[] = [
  'late_effect',
  'crash_then_effect',
  'crash_before_effect',
  'crash_after_effect',
  'crash_asleep',
  'stall',
  'stall_asleep',
];
const EVENTS_THAT_LEAVE_ITEMS: readonly WorldEvent['kind'][] = ['drain', 'kill', 'purge', 'redeliver'];

/** Removes faults that may leave items of a deleted job, so that the oracle can check that none remain. */
function withMildFaults(world: World): World {
  const zeroRates: FaultRates = Object.fromEntries(FAULTS_THAT_LEAVE_ITEMS.map((kind) => [kind, 0]));
  const events = world.events.filter(({ kind }) => !EVENTS_THAT_LEAVE_ITEMS.includes(kind));
  return { ...world, rates: { ...world.rates, ...zeroRates }, traps: [], events };
}
