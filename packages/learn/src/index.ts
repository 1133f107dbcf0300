// The lessons: their texts, their scripts, and the measurements of their runs. The command line and the page show them.
export { compareBroken } from './broken.ts';
export { type Answer, type Lesson, lessonView } from './lesson.ts';
export { LESSONS } from './lessons/index.ts';
export { fittingAnswer, runLesson } from './run-lesson.ts';
export { readExcerpt, readSource } from './source.ts';
