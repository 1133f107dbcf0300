// Runs a lesson in its own world and reports which answer the run showed.
import { LETTERS, type LessonRun, type Letter, type Measured } from '@movie-load/operations/lessons';
import type { Lesson } from './lesson.ts';
import type { RunEventListener } from './observe.ts';
import { openWorld } from './world.ts';

export interface RunOptions {
  /** False: run the lesson as its `cause` describes; it must not show the right answer then. Default: true. */
  readonly withCause?: boolean;
  /** Called with each event as it happens. */
  readonly onEvent?: RunEventListener;
}

/** The only answer that fits the measurements; null if none or several fit. */
export function fittingAnswer({ answers }: Lesson, measured: Measured): Letter | null {
  const [first, ...others] = LETTERS.filter((letter) => answers[letter].fits(measured));
  return others.length === 0 ? (first ?? null) : null;
}

/** @throws what the script throws */
export async function runLesson(lesson: Lesson, { withCause = true, onEvent }: RunOptions = {}): Promise<LessonRun> {
  const startedMs = performance.now();
  await using world = await openWorld(onEvent);
  const measured = await lesson.run(world, withCause);
  const { a, b, c } = lesson.answers;
  return {
    lesson: lesson.lesson,
    title: lesson.title,
    question: lesson.question,
    answers: { a: a.text, b: b.text, c: c.text },
    right: lesson.right,
    shown: fittingAnswer(lesson, measured),
    measured,
    notes: [...world.notes],
    seconds: Math.round(performance.now() - startedMs) / 1000,
  };
}
