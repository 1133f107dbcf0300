// The broken world of a lesson, with the code that this module was imported with.
import type { Measured } from './lesson.ts';
import type { Note } from './lesson-world.ts';
import { LESSONS } from './lessons/index.ts';
import { openWorld } from './world.ts';

export interface BrokenRun {
  readonly measured: Measured;
  /** Whether the project's promise held. */
  readonly holds: boolean;
  readonly notes: readonly Note[];
}

/** @throws {RangeError} when the lesson breaks no rule */
export async function runBrokenRule(number: number): Promise<BrokenRun> {
  const rule = LESSONS.find(({ lesson }) => lesson === number)?.broken;
  if (rule === undefined) throw new RangeError(`Lesson ${number} breaks no rule.`);
  await using world = await openWorld();
  const measured = await rule.run(world);
  return { measured, holds: rule.holds(measured), notes: [...world.notes] };
}
