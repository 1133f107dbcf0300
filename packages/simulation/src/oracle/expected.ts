// The data that the oracle expects of a job, computed from its plan and the generator alone.
import { generateMovies } from '@movie-load/movies';
import {
  type CompletionTree,
  groupKey,
  type JobPlan,
  type JobShape,
  jobIdOf,
  messagesOfGroup,
  moviesOfGroup,
  moviesOfMessage,
  movieToJson,
  objectKey,
  parseGroupKey,
  type Range,
  shapeOf,
  treeOf,
} from '@movie-load/schema';

export interface ExpectedJob {
  readonly plan: JobPlan;
  readonly job_id: string;
  readonly shape: JobShape;
  readonly tree: CompletionTree;
  readonly objectKey: string;
  /** Each movie as a line of JSON. */
  readonly movies: readonly string[];
  readonly object: string;
  /** The bytes of the object's parts, part 1 first. */
  readonly parts: readonly Buffer[];
  messagesOf(group: number): Range;
  moviesOf(number: number): Range;
  /** The body of a load message as JSON, without its `started_on`. */
  message(number: number): string;
}

/** @param minPartMovies S3's smallest part in this world, in movies */
export function expectedJob(plan: JobPlan, minPartMovies: number): ExpectedJob {
  const job_id = jobIdOf(plan);
  const shape = shapeOf(plan);
  const movies = [...generateMovies(plan.seed, { first: 0, count: plan.movies })].map(movieToJson);
  const groupOf: number[] = [];
  for (let group = 0; group < shape.groups; group += 1) {
    const { first, count } = messagesOfGroup(shape, group);
    for (let number = first; number < first + count; number += 1) groupOf[number] = group;
  }
  return {
    plan,
    job_id,
    shape,
    tree: treeOf(plan, minPartMovies),
    objectKey: objectKey(job_id),
    movies,
    object: `[\n${movies.join(',\n')}\n]\n`,
    parts: expectedParts(movies, shape, plan, minPartMovies),
    messagesOf: (group) => messagesOfGroup(shape, group),
    moviesOf: (number) => moviesOfMessage(plan, number),
    message(number) {
      const { first, count } = moviesOfMessage(plan, number);
      const movieList = movies.slice(first, first + count).join(',');
      const { version, nonce, movies: all, movies_per_message, group_size, fan_out, seed, generator } = plan;
      const ordered = { version, nonce, movies: all, movies_per_message, group_size, fan_out, seed, generator };
      return `${JSON.stringify({ job_id, plan: ordered, group: groupOf[number], number }).slice(0, -1)},"movies":[${movieList}]}`;
    },
  };
}

/**
 * The parts of the object. A part has whole groups, as few as reach `minPartMovies` movies; the last part has the rest.
 * This counts group by group, without `partsOf` of `@movie-load/schema`, which it checks.
 */
function expectedParts(movies: readonly string[], shape: JobShape, plan: JobPlan, minPartMovies: number): Buffer[] {
  const parts: string[] = [];
  let text = '';
  let partMovies = 0;
  for (let group = 0; group < shape.groups; group += 1) {
    const { first, count: groupMovies } = moviesOfGroup(plan, shape, group);
    for (let index = first; index < first + groupMovies; index += 1)
      text += `${index === 0 ? '[\n' : ',\n'}${movies[index]}`;
    partMovies += groupMovies;
    if (partMovies < minPartMovies || group === shape.groups - 1) continue;
    parts.push(text);
    text = '';
    partMovies = 0;
  }
  parts.push(`${text}\n]\n`);
  return parts.map((part) => Buffer.from(part));
}

/** The job, group and number of a load message. */
export interface Identity {
  readonly job: ExpectedJob;
  readonly group: number;
  readonly number: number;
}

/** Returns a function that recognises the valid messages of these jobs; for any other message it returns undefined. */
export function createIdentifier(jobs: readonly ExpectedJob[]) {
  const valid = new Map<string, Identity>();
  /** Earlier results, because the same body is looked up repeatedly. */
  const cache = new Map<string, Identity | undefined>();
  for (const job of jobs) {
    for (let group = 0; group < job.shape.groups; group += 1) {
      const { first, count } = job.messagesOf(group);
      for (let number = first; number < first + count; number += 1) {
        valid.set(`${groupKey(job.job_id, group)} ${job.message(number)}`, { job, group, number });
      }
    }
  }
  const withoutStart = (body: string) => body.replace(/,"started_on":"[^"]{24}"/, '');
  return (body: string, messageGroup: string | undefined): Identity | undefined => {
    const key = `${messageGroup} ${body}`;
    if (cache.has(key)) return cache.get(key);
    const identity =
      messageGroup === undefined || parseGroupKey(messageGroup) === undefined
        ? undefined
        : valid.get(`${messageGroup} ${withoutStart(body)}`);
    cache.set(key, identity);
    return identity;
  };
}
