// Which view an address means. Pure: a test runs it without a browser.

export type Route =
  | { readonly view: 'overview' | 'jobs' | 'dead-letters' | 'how-it-works' | 'lab' | 'simulation' | 'not-found' }
  | { readonly view: 'job'; readonly jobId: string }
  | { readonly view: 'movies'; readonly jobId: string | null }
  | { readonly view: 'learn'; readonly lesson: number | null };

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
