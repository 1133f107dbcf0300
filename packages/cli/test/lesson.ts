// A lesson by its number.
import { LESSONS, type Lesson } from '@movie-load/learn';

export function findLesson(number: number): Lesson {
  const found = LESSONS.find((one) => one.lesson === number);
  if (found === undefined) throw new Error(`no lesson ${number}`);
  return found;
}
