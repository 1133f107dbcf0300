// The parts of a lesson: texts, three answers of which a run shows one, and the script of the run. It is independent of
// terminal and page, which decide how to show it.
import type { LessonTexts, LessonView, Letter, Measured } from '@movie-load/operations/lessons';
import type { LessonWorld } from './lesson-world.ts';

export interface Answer<M extends Measured = Measured> {
  readonly text: string;
  /** True if the run showed this answer. */
  shownBy(measured: M): boolean;
}

/** The world of a lesson with a broken rule of the protocol: the project's own code with a few changes. */
export interface BrokenRule {
  /** The name of the sabotage among those that the simulation must catch. */
  readonly sabotage: string;
  /** The rule, and how the sabotage breaks it, in words for people. */
  readonly about: string;
  run(world: LessonWorld): Promise<Measured>;
  /** Whether the project's promise holds, which it must with the rule and must not without it. */
  holds(measured: Measured): boolean;
}

export interface Lesson<M extends Measured = Measured> extends LessonTexts {
  readonly answers: Readonly<Record<Letter, Answer<M>>>;
  readonly right: Letter;
  /** For lessons about a rule of the protocol. */
  readonly broken?: BrokenRule;
  /** Runs the lesson in a fresh world. Without its cause it must not show the right answer. */
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
