// Parses the values of options. For an invalid value it throws a one-sentence `UsageError` that names the option.
import { CONFIRM_ABOVE_MOVIES } from '@movie-load/queue/request';
import { MAX_MOVIES, MAX_MOVIES_PER_MESSAGE, MAX_SEED, UsageError, WANTED_GROUPS } from '@movie-load/schema';
import { formatNumber, quoted } from './format.ts';

const MAX_CONSUMERS = 64;
const LAST_PORT = 65_535;

/** Digits, with or without separators of groups of three: 20000, 20,000, 20_000. */
const wholeNumberPattern = /^(?:\d{1,12}|[1-9]\d{0,2}(?:(?:,\d{3}){1,3}|(?:_\d{3}){1,3}))$/;

/** A whole number from `min` to `max`. Throws `UsageError`. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = wholeNumberPattern.test(text) ? Number(text.replaceAll(/[,_]/g, '')) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(
    `${option} must be a whole number from ${formatNumber(min)} to ${formatNumber(max)}, not ${quoted(text)}.`,
  );
}

export interface MoviesOptions {
  readonly movies: string;
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** The number of movies of a job. More than a million needs `--yes`, unless nothing is sent. */
export function parseMovies({ movies: text, yes = false, dryRun = false }: MoviesOptions): number {
  const movies = wholeNumber('--movies', text, 1, MAX_MOVIES);
  if (movies <= CONFIRM_ABOVE_MOVIES || yes || dryRun) return movies;
  throw new UsageError(
    `--movies ${text} is more than ${formatNumber(CONFIRM_ABOVE_MOVIES)}: that takes long, and costs money on AWS. Add --yes if you mean it.`,
  );
}

/** Movies per message: a number, or `auto` for as many as always fit into 64 KB. */
export function parseMoviesPerMessage(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber('--movies-per-message', text, 1, MAX_MOVIES_PER_MESSAGE);
}

export const parseConsumers = (text: string, min: number): number =>
  wholeNumber('--consumers', text, min, MAX_CONSUMERS);

/** The approximate number of message groups of a job. */
export const parseGroups = (text: string): number => wholeNumber('--groups', text, 1, WANTED_GROUPS);

export const parseSeed = (text: string): number => wholeNumber('--seed', text, 0, MAX_SEED);

export const parsePort = (option: string, text: string): number => wholeNumber(option, text, 0, LAST_PORT);
