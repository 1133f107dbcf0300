// The cost of the measured calls on AWS, at list price.
import { AWS_PRICES } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { encodeLoadMessage, jobIdOf, moviesOfMessage, shapeOf, utf8Bytes } from '@movie-load/schema';
import { type Job, type Measurement, planOf } from './measure.ts';

/** Calls with message bodies are billed per 64 KB; all others are one request each. */
const CALLS_WITH_BODIES = new Set(['sqs:SendMessageBatch', 'sqs:ReceiveMessage']);
const READ_UNIT_BYTES = 4096;
/** Approximate size of a movie in a slice by DynamoDB's rules: assembly reads each movie once. */
const MOVIE_BYTES = 135;

/** US dollars per million movies: requests, write units, and the reads and writes of assembly. */
export function usdPerMillion(
  job: Job,
  { calls, writeUnits, movies }: Pick<Measurement, 'calls' | 'writeUnits' | 'movies'>,
): number {
  const chunks = bodyChunks(job);
  let usd = writeUnits * AWS_PRICES.dynamodbWriteUnit;
  for (const [operation, count] of Object.entries(calls)) {
    if (operation.startsWith('sqs:')) {
      usd += AWS_PRICES.sqsFifoRequest * (CALLS_WITH_BODIES.has(operation) ? Math.max(count, chunks) : count);
    } else if (/^s3:(?:Put|Post|List|Create|Upload|Complete)/.test(operation)) {
      usd += AWS_PRICES.s3Put * count;
    } else if (operation === 'dynamodb:Query') {
      usd += AWS_PRICES.dynamodbReadUnit * Math.max(count, (movies * MOVIE_BYTES) / READ_UNIT_BYTES);
    }
  }
  return (usd / movies) * 1e6;
}

/** The size of all bodies of a job in units of 64 KB. */
function bodyChunks(job: Job): number {
  const plan = planOf(job);
  const firstBody = encodeLoadMessage({
    job_id: jobIdOf(plan),
    plan,
    group: 0,
    number: 0,
    started_on: new Date(0).toISOString(),
    movies: [...generateMovies(plan.seed, moviesOfMessage(plan, 0))],
  });
  return Math.ceil((shapeOf(plan).messages * utf8Bytes(firstBody)) / AWS_PRICES.sqsChunkBytes);
}
