// What a lesson is: texts, three answers that a run tells apart, and the script of the run. It knows neither a terminal nor
// a page: those decide how it is shown.
import type { LessonWorld } from './lesson-world.ts';

/** What a run measured: JSON. */
export type Measured = Readonly<Record<string, unknown>>;

export const LETTERS = ['a', 'b', 'c'] as const;
export type Letter = (typeof LETTERS)[number];

export interface Answer<M extends Measured = Measured> {
  readonly text: string;
  /** Whether this is what the run showed. */
  shownBy(measured: M): boolean;
}

export interface LessonTexts {
  /** 1 to 16. */
  readonly lesson: number;
  readonly title: string;
  readonly question: string;
  /** What is set before it runs: timeouts, faults, job. */
  readonly setUp: string;
  /** What to look at while it runs. */
  readonly look: string;
  /** What happened and why: five plain sentences. */
  readonly explanation: readonly [string, string, string, string, string];
  /** The line of our code that decides it; it is there, a test says. */
  readonly code: { readonly file: string; readonly line: string };
  /** AWS's page about it. */
  readonly page: string;
  /** What is left out when the lesson runs without its cause. */
  readonly cause: string;
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

/** A lesson without its script, as JSON: for a page, which has neither the script nor what it needs. */
export function lessonTexts({ run: _, answers: { a, b, c }, broken, ...texts }: Lesson) {
  return {
    ...texts,
    answers: { a: a.text, b: b.text, c: c.text },
    broken: broken === undefined ? null : { sabotage: broken.sabotage, about: broken.about },
  };
}

/** Checks a lesson's parts against what its script measures. */
export const defineLesson = <M extends Measured>(lesson: Lesson<M>): Lesson => lesson;
