// The lessons: data, scripts, and what a run measured. The command line and the page show them, each in its own way.
export { type Comparison, compareBroken } from './broken.ts';
export {
  type Answer,
  LETTERS,
  type Lesson,
  type Letter,
  lessonTexts,
  type Measured,
} from './lesson.ts';
export type { Note } from './lesson-world.ts';
export { LESSONS } from './lessons/index.ts';
export type { BrokenRun } from './run-broken-rule.ts';
export { type LessonRun, runLesson, shownAnswer } from './run-lesson.ts';
