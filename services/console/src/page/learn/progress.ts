// The lessons that were run in this browser and their answers, stored in the browser only.
import { useSyncExternalStore } from 'react';
import type { Letter } from '../../learn-api.ts';

export interface DoneLesson {
  readonly chosen: Letter;
  readonly right: boolean;
}
export type Progress = Readonly<Record<string, DoneLesson>>;

const KEY = 'movie-load:lessons';
const listeners = new Set<() => void>();
let progress: Progress = saved();

function saved(): Progress {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function set(next: Progress): void {
  progress = next;
  try {
    window.localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // The browser refuses to store anything: progress is known until the page is closed.
  }
  for (const listener of listeners) listener();
}

/** The first answer counts, because a second run knows the outcome. */
export function lessonDone(lesson: number, done: DoneLesson): void {
  if (progress[lesson] === undefined) set({ ...progress, [lesson]: done });
}

export const forgetLessons = (): void => set({});

export const useProgress = (): Progress =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    () => progress,
  );
