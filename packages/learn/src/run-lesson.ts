// Runs a lesson in a world of its own and says which answer the run showed.
import { LETTERS, type LessonRun, type Letter, type Measured } from '@movie-load/operations/lessons';
import type { Lesson } from './lesson.ts';
import type { Observe } from './observe.ts';
import { openWorld } from './world.ts';

export interface RunOptions {
  /** Without it the right answer must not be shown. Default true. */
  readonly withCause?: boolean;
  /** Is told what happens, while it happens. */
  readonly tell?: Observe;
}

/** The one answer that fits what was measured. */
export function shownAnswer({ answers }: Lesson, measured: Measured): Letter | null {
  const [first, ...others] = LETTERS.filter((letter) => answers[letter].shownBy(measured));
  return others.length === 0 ? (first ?? null) : null;
}

/** @throws what the script throws */
export async function runLesson(lesson: Lesson, { withCause = true, tell }: RunOptions = {}): Promise<LessonRun> {
  const began = performance.now();
  await using world = await openWorld(tell);
  const measured = await lesson.run(world, withCause);
  const { a, b, c } = lesson.answers;
  return {
    lesson: lesson.lesson,
    title: lesson.title,
    question: lesson.question,
    answers: { a: a.text, b: b.text, c: c.text },
    right: lesson.right,
    shown: shownAnswer(lesson, measured),
    measured,
    notes: [...world.notes],
    seconds: Math.round(performance.now() - began) / 1000,
  };
}
