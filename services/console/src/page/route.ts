// The view of an address. Pure: a test runs it without a browser.

const PATHS = ['jobs', 'dead-letters', 'how-it-works', 'lab', 'simulation'] as const;
/** Views whose address has no further part. */
export type PlainView = (typeof PATHS)[number] | 'overview' | 'not-found';
export type Route =
  | { readonly view: PlainView }
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
  return { view: PATHS.find((path) => path === first) ?? 'not-found' };
}
