// Runs a lesson in a world of its own and says which answer the run showed.
import { LETTERS, type Lesson, type Letter, type Measured } from './lesson.ts';
import type { Note } from './lesson-world.ts';
import { openWorld } from './world.ts';

/** What came of a run: JSON, a line of `movie-load learn all --json`. */
export interface LessonRun {
  readonly lesson: number;
  readonly title: string;
  readonly question: string;
  readonly answers: Readonly<Record<Letter, string>>;
  /** The answer that the lesson calls right. */
  readonly right: Letter;
  /** The answer that the run showed, from what it measured alone; null when none fits, or more than one. */
  readonly shown: Letter | null;
  readonly measured: Measured;
  /** What happened, in the order of the lesson's clock. */
  readonly notes: readonly Note[];
  /** Of real time. */
  readonly seconds: number;
}

export interface RunOptions {
  /** Without it the right answer must not be shown. Default true. */
  readonly withCause?: boolean;
}

/** The one answer that fits what was measured. */
export function shownAnswer({ answers }: Lesson, measured: Measured): Letter | null {
  const [first, ...others] = LETTERS.filter((letter) => answers[letter].shownBy(measured));
  return others.length === 0 ? (first ?? null) : null;
}

/** @throws what the script throws */
export async function runLesson(lesson: Lesson, { withCause = true }: RunOptions = {}): Promise<LessonRun> {
  const began = performance.now();
  await using world = await openWorld();
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
