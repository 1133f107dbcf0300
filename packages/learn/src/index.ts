// The lessons: data, scripts, and measurements of runs. The command line and the page show them, each in its own way.
export { compareBroken } from './broken.ts';
export { type Answer, type Lesson, lessonView } from './lesson.ts';
export { LESSONS } from './lessons/index.ts';
export { runLesson, shownAnswer } from './run-lesson.ts';
export { readExcerpt, readSource } from './source.ts';
