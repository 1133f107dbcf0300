// Runs a lesson's script for a broken rule once. `compareBroken` imports this module twice: as it is, and with a
// sabotage in the code that this module imports.
import type { ComparedRun } from '@movie-load/operations/lessons';
import { LESSONS } from './lessons/index.ts';
import type { RunEventListener } from './observe.ts';
import { openWorld } from './world.ts';

/** @throws {RangeError} when the lesson breaks no rule */
export async function runBrokenRule(number: number, onEvent?: RunEventListener): Promise<ComparedRun> {
  const rule = LESSONS.find(({ lesson }) => lesson === number)?.broken;
  if (rule === undefined) throw new RangeError(`Lesson ${number} breaks no rule.`);
  await using world = await openWorld(onEvent);
  const measured = await rule.run(world);
  return { measured, holds: rule.holds(measured), notes: [...world.notes] };
}
