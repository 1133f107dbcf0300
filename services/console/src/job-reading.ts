// Single messages and pages of movies, read from their slices.
import type { JobStore } from '@movie-load/jobs';
import {
  groupKey,
  groupOfMessage,
  type JobItem,
  type MessageTrace,
  type Movie,
  moviesOfMessage,
} from '@movie-load/schema';
import type { MessageView, MovieRow, MoviesPage } from './api.ts';
import { HttpError } from './http-body.ts';
import { readLanes } from './job-lanes.ts';
import type { WatchedJob } from './job-progress.ts';

const READ_TIMEOUT_MS = 20_000;
/** Number of movies that are shown of a message: its first ones. */
const MAX_SHOWN_MOVIES = 20;

const movieRow = (index: number, { movie_id, title, year, actor, director }: Movie): MovieRow => ({
  index,
  movie_id,
  title,
  year,
  actor,
  director,
});

/** By the character of a message in `Lane.states`. */
const STATES: Record<string, MessageView['state']> = {
  s: 'stored',
  u: 'undeleted',
  f: 'in_flight',
  d: 'dead_lettered',
  '.': 'not_seen',
};

export async function readMessage(
  store: Pick<JobStore, 'ledgers' | 'traces' | 'slicesOfGroup'>,
  watched: WatchedJob,
  number: number,
): Promise<MessageView> {
  const { job, map } = watched;
  if (number >= map.shape.messages) {
    throw new HttpError(404, 'No such message', `The job has the messages 0 to ${map.shape.messages - 1}.`);
  }
  const group = groupOfMessage(map.shape, number);
  const range = moviesOfMessage(job.plan, number);
  const { lanes } = await readLanes(store, watched, { first: group, count: 1, by: 'state' });
  const lane = lanes[0];
  const slices = await slicesOfMessage(store, job, group, number);
  const isoTimeAfterStart = (ms: number | undefined) =>
    ms === undefined ? null : toIsoTime(Date.parse(job.started_on) + ms);
  const { trace } = slices;
  const { dead, inFlight } = watched.marks;
  const inFlightSighting = inFlight?.get(number);
  // For a message without a trace, its queue still reports when it was sent and how often it was received.
  const sighting = trace === undefined ? (dead.get(number) ?? inFlight?.get(number)) : undefined;
  return {
    number,
    group,
    group_id: groupKey(job.job_id, group),
    first_movie: range.first,
    movies: range.count,
    state: STATES[lane?.states[number - lane.first] ?? '.'] ?? 'not_seen',
    until: inFlightSighting?.until ?? null,
    received_by: inFlightSighting?.receivedBy ?? null,
    slices: slices.parts.map((part) => ({ partition: groupKey(job.job_id, group), part })),
    stored_by: trace?.stored_by ?? null,
    sent_on: isoTimeAfterStart(trace?.sent_ms) ?? toIsoTime(sighting?.sentOn),
    received_on: isoTimeAfterStart(trace?.received_ms),
    stored_on: isoTimeAfterStart(trace?.stored_ms),
    receives: trace?.receives ?? sighting?.receives ?? null,
    sample: [...slices.movies.entries()].sort(([a], [b]) => a - b).map(([index, movie]) => movieRow(index, movie)),
  };
}

/** Null for an invalid time: a dead letter can contain anything. */
const toIsoTime = (ms: number | undefined) =>
  ms === undefined || Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString();

interface SlicesOfMessage {
  readonly parts: readonly string[];
  readonly movies: ReadonlyMap<number, Movie>;
  readonly trace: (MessageTrace & { readonly stored_by: string }) | undefined;
}

/** The slices that contain a message's movies, its first movies, and the trace of the consumer that wrote it last. */
async function slicesOfMessage(
  store: Pick<JobStore, 'slicesOfGroup'>,
  job: JobItem,
  group: number,
  number: number,
): Promise<SlicesOfMessage> {
  const { first, count } = moviesOfMessage(job.plan, number);
  const parts: string[] = [];
  const movies = new Map<number, Movie>();
  let trace: SlicesOfMessage['trace'];
  for await (const slice of store.slicesOfGroup(job, group, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) })) {
    if (slice.first >= first + count) break;
    if (slice.first + slice.count <= first) continue;
    parts.push(slice.part);
    const message = slice.trace?.messages.find((entry) => entry.number === number);
    if (message && slice.trace) trace = { ...message, stored_by: slice.trace.stored_by };
    const end = Math.min(first + Math.min(count, MAX_SHOWN_MOVIES), slice.first + slice.count);
    for (let index = Math.max(first, slice.first); index < end; index++) {
      const movie = slice.movies[index - slice.first];
      if (movie) movies.set(index, movie);
    }
  }
  return { parts, movies, trace };
}

export interface MoviesRequest {
  readonly from: number;
  readonly limit: number;
  readonly search: string;
}

/** One request of a search ends after this number of movies or this time; the page continues with the next request. */
const MAX_SEARCHED_MOVIES = 100_000;
const MAX_SEARCH_MS = 3000;

/** Movies from an index on; with a search, those whose texts contain it. */
export async function readMovies(
  store: Pick<JobStore, 'movies'>,
  job: JobItem,
  { from, limit, search }: MoviesRequest,
  now = Date.now,
): Promise<MoviesPage> {
  const total = job.plan.movies;
  if (from >= total) return { movies: [], next: null, looked_at: 0, total };
  const maxRead = search === '' ? limit : MAX_SEARCHED_MOVIES;
  const range = { first: from, count: Math.min(maxRead, total - from) };
  const needle = search.toLowerCase();
  const deadline = now() + MAX_SEARCH_MS;
  const matches: MovieRow[] = [];
  let end = range.first + range.count;
  for await (const { index, movie } of store.movies(job, range, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) })) {
    if (needle === '' || searchableText(movie).includes(needle)) matches.push(movieRow(index, movie));
    if (matches.length === limit || (needle !== '' && now() > deadline)) {
      end = index + 1;
      break;
    }
  }
  return { movies: matches, next: end < total ? end : null, looked_at: end - from, total };
}

const searchableText = ({ movie_id, title, actor, director, year }: Movie): string =>
  `${title}\n${actor}\n${director}\n${movie_id}\n${year}`.toLowerCase();
