// The parts of a lesson: texts, three answers, and the script, whose run shows which answer is right. How a lesson is
// displayed is decided by the command line and the page.
import type { LessonTexts, LessonView, Letter, Measured } from '@movie-load/operations/lessons';
import type { LessonWorld } from './lesson-world.ts';

export interface Answer<M extends Measured = Measured> {
  readonly text: string;
  /** True if these measurements show that this answer is right. */
  fits(measured: M): boolean;
}

/** A rule of the protocol, and a script that shows what happens when a sabotage of the project's code breaks it. */
export interface BrokenRule {
  /** The name of the sabotage among those that the simulation must catch. */
  readonly sabotage: string;
  /** The rule and how the sabotage breaks it, as text for people. */
  readonly about: string;
  run(world: LessonWorld): Promise<Measured>;
  /** Whether the promise of the project holds: it must hold with the rule kept, and must not with it broken. */
  holds(measured: Measured): boolean;
}

export interface Lesson<M extends Measured = Measured> extends LessonTexts {
  readonly answers: Readonly<Record<Letter, Answer<M>>>;
  readonly right: Letter;
  /** For lessons about a rule of the protocol. */
  readonly broken?: BrokenRule;
  /**
   * Runs the lesson in a fresh world.
   *
   * @param withCause false: run it as `cause` describes; the measurements must not show the right answer then
   */
  run(world: LessonWorld, withCause: boolean): Promise<M>;
}

export function lessonView({ run: _, answers: { a, b, c }, broken, ...texts }: Lesson): LessonView {
  return {
    ...texts,
    answers: { a: a.text, b: b.text, c: c.text },
    broken: broken === undefined ? null : { sabotage: broken.sabotage, about: broken.about },
  };
}

/** Lets the compiler check that a lesson's answers use the measurements that its script returns. */
export const defineLesson = <M extends Measured>(lesson: Lesson<M>): Lesson => lesson;
