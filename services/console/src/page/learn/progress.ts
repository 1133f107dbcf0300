// The lessons that a learner has run in this browser, and the learner's answers. Only the browser stores them.
import { useSyncExternalStore } from 'react';
import type { Letter } from '../../learn-api.ts';

export interface DoneLesson {
  /** The learner's first answer. */
  readonly chosen: Letter;
  /** The first answer was the right one. */
  readonly right: boolean;
}
/** By the number of the lesson. */
export type Progress = Readonly<Record<string, DoneLesson>>;

const KEY = 'movie-load:lessons';
const listeners = new Set<() => void>();
let progress: Progress = readSaved();

function readSaved(): Progress {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function save(next: Progress): void {
  progress = next;
  try {
    window.localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // The browser refuses to store anything: progress is known until the page is closed.
  }
  for (const listener of listeners) listener();
}

/** Keeps the first answer only: before a second run, the learner knows the outcome. */
export function recordDone(lesson: number, done: DoneLesson): void {
  if (progress[lesson] === undefined) save({ ...progress, [lesson]: done });
}

export const forgetLessons = (): void => save({});

export const useProgress = (): Progress =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    () => progress,
  );
