// Which view an address means, and moving between views without loading the page again.
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly view: 'overview' | 'jobs' | 'dead-letters' | 'how-it-works' | 'lab' | 'simulation' | 'not-found' }
  | { readonly view: 'job'; readonly jobId: string }
  | { readonly view: 'movies'; readonly jobId: string | null }
  | { readonly view: 'learn'; readonly lesson: number | null };

const NAVIGATED = 'movie-load:navigated';
const JOB_ID = /^[0-9a-f-]{4,36}$/;
const LESSON = /^[1-9]\d?$/;

/** Reads a path, e.g. `/jobs/<id>`. */
export function routeOf(path: string): Route {
  const [first = '', second, ...rest] = path.split('/').filter(Boolean);
  if (first === 'learn' && rest.length === 0 && (second === undefined || LESSON.test(second))) {
    return { view: 'learn', lesson: second === undefined ? null : Number(second) };
  }
  if (rest.length > 0 || (second !== undefined && !JOB_ID.test(second))) return { view: 'not-found' };
  if (first === 'movies') return { view: 'movies', jobId: second ?? null };
  if (first === 'jobs' && second) return { view: 'job', jobId: second };
  if (second) return { view: 'not-found' };
  if (first === '') return { view: 'overview' };
  const isPlain =
    first === 'jobs' ||
    first === 'dead-letters' ||
    first === 'how-it-works' ||
    first === 'lab' ||
    first === 'simulation';
  return isPlain ? { view: first } : { view: 'not-found' };
}

export function navigate(path: string): void {
  window.history.pushState(null, '', path);
  window.dispatchEvent(new Event(NAVIGATED));
  window.scrollTo(0, 0);
}

/** For Cloudscape's links: follows within the page, leaves new tabs to the browser. */
export function follow(event: { detail: { href?: string | undefined; external?: boolean }; preventDefault(): void }) {
  if (event.detail.href === undefined || event.detail.external) return;
  event.preventDefault();
  navigate(event.detail.href);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(NAVIGATED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(NAVIGATED, changed);
  };
}

export const usePath = (): string => useSyncExternalStore(subscribe, () => window.location.pathname);
