// What a lesson is: texts, three answers that a run tells apart, and the script of the run. It knows neither a terminal nor
// a page: those decide how it is shown.
import type { LessonTexts, LessonView, Letter, Measured } from '@movie-load/operations/lessons';
import type { LessonWorld } from './lesson-world.ts';

export interface Answer<M extends Measured = Measured> {
  readonly text: string;
  /** Whether this is what the run showed. */
  shownBy(measured: M): boolean;
}

/** The same world with a rule of the protocol broken: the project's own code with a few places changed. */
export interface BrokenRule {
  /** By its name among those that the simulation must catch. */
  readonly sabotage: string;
  /** What is broken, and what is done to it. */
  readonly about: string;
  run(world: LessonWorld): Promise<Measured>;
  /** Whether the project's promise holds: with the rule, and not without it. */
  holds(measured: Measured): boolean;
}

export interface Lesson<M extends Measured = Measured> extends LessonTexts {
  readonly answers: Readonly<Record<Letter, Answer<M>>>;
  readonly right: Letter;
  /** Where a rule of the protocol is the point. */
  readonly broken?: BrokenRule;
  /** Runs it in a fresh world. Without its cause, the right answer is not shown. */
  run(world: LessonWorld, withCause: boolean): Promise<M>;
}

export function lessonView({ run: _, answers: { a, b, c }, broken, ...texts }: Lesson): LessonView {
  return {
    ...texts,
    answers: { a: a.text, b: b.text, c: c.text },
    broken: broken === undefined ? null : { sabotage: broken.sabotage, about: broken.about },
  };
}

/** Checks a lesson's parts against what its script measures. */
export const defineLesson = <M extends Measured>(lesson: Lesson<M>): Lesson => lesson;
