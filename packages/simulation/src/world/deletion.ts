// Worlds in which a job is deleted, mostly while it runs, and some of its messages arrive late.
import { shapeOf } from '@movie-load/schema';
import { diceOf } from '../engine/dice.ts';
import type { FaultKind, FaultRates } from '../engine/faults.ts';
import type { World, WorldEvent } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Turns some worlds into such a world. */
export function withDeletion(seed: number, world: World): World {
  const dice = diceOf(seed, 'deletions');
  if (!dice.chance(0.2)) return world;
  const job = dice.int(0, world.jobs.length - 1);
  const { plan } = world.jobs[job] ?? {};
  const atMs = dice.int(0, dice.pick([5, 20, 90]) * SECOND);
  const late = Array.from({ length: dice.int(0, 6) }, (_, at): WorldEvent => {
    const number = plan === undefined ? 0 : dice.int(0, shapeOf(plan).messages - 1);
    return { id: `late ${at}`, atMs: atMs + dice.int(0, 30 * SECOND), kind: 'duplicate', job, number };
  });
  const force = dice.chance(0.8);
  const again: WorldEvent = { id: 'delete 1', atMs: atMs + dice.int(0, MINUTE), kind: 'delete', job, force };
  const once: WorldEvent = { id: 'delete 0', atMs, kind: 'delete', job, force };
  const events = [...world.events, once, ...(dice.chance(0.3) ? [again] : []), ...late];
  return dice.chance(0.5) ? mild({ ...world, events }) : { ...world, events };
}

/** Faults after which a write may take effect so late that no process remains to clean up. */
export const LEAVES_SOMETHING: readonly FaultKind[] = [
  'late_effect',
  'crash_then_effect',
  'crash_before_effect',
  'crash_after_effect',
  'crash_asleep',
  'stall',
  'stall_asleep',
];
const LEAVES_SOMETHING_TOO: readonly WorldEvent['kind'][] = ['drain', 'kill', 'purge', 'redeliver'];

/** Removes faults that may leave items of a deleted job, so that the oracle can check that none remain. */
function mild(world: World): World {
  const none: FaultRates = Object.fromEntries(LEAVES_SOMETHING.map((kind) => [kind, 0]));
  const events = world.events.filter(({ kind }) => !LEAVES_SOMETHING_TOO.includes(kind));
  return { ...world, rates: { ...world.rates, ...none }, traps: [], events };
}
