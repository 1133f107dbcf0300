// `npm run file -- tests/docker/rates.ts [--json]`: movies per second and AWS calls per 1,000 movies on LocalStack,
// by the compose file, for 1, 2 and 4 consumers, one movie a message and packed. Takes some minutes; not a test.
import { openTable } from '@movie-load/aws';
import { jobKey } from '@movie-load/schema';
import { readArgumentsOrExit } from '@movie-load/service/arguments';
import { createStack, type Stack } from './support/compose.ts';
import { untilComplete, type View, viewOf } from './support/jobs.ts';
import { metricsOf } from './support/metrics.ts';
import { type JobRequest, postJob } from './support/producer.ts';

const HELP = `Measures movies per second and AWS calls per 1,000 movies on LocalStack, by the compose file. Takes some minutes.

  npm run file -- tests/docker/rates.ts [--json]
`;
const { json } = readArgumentsOrExit({ help: HELP, options: { json: { type: 'boolean' } } });

const CONSUMERS = [1, 2, 4];
const JOBS: Readonly<Record<string, JobRequest>> = {
  'one a message': { movies: 5000, movies_per_message: 1 },
  packed: { movies: 200_000, movies_per_message: 'auto' },
};
const WARM_UP: JobRequest = { movies: 500, movies_per_message: 1 };
const CALLS = 'movie_load_aws_requests_total';

interface Rate {
  readonly consumers: number;
  readonly job: string;
  readonly movies: number;
  readonly seconds: number;
  readonly movies_per_second: number;
  readonly calls_per_1000_movies: number;
}

async function measure(
  stack: Stack,
  view: View,
  consumers: number,
  [job, request]: [string, JobRequest],
): Promise<Rate> {
  const producer = await stack.url('producer', 8081);
  const ids = (await stack.containers())
    .filter(({ service, state }) => state === 'running' && ['producer', 'consumer'].includes(service))
    .map(({ id }) => id);
  const before = (await metricsOf(ids)).get(CALLS) ?? 0;
  const posted = await postJob(producer, request);
  await untilComplete(view, posted.job_id);
  const calls = ((await metricsOf(ids)).get(CALLS) ?? 0) - before;
  const item = await openTable(view.clients, view.settings.table).get(jobKey(posted.job_id));
  const time = (name: string) => Date.parse(item?.[name]?.S ?? '');
  const seconds = (time('completed_on') - time('started_on')) / 1000;
  const round = (value: number) => Number(value.toPrecision(3));
  return {
    consumers,
    job,
    movies: request.movies,
    seconds: round(seconds),
    movies_per_second: round(request.movies / seconds),
    calls_per_1000_movies: round((calls / request.movies) * 1000),
  };
}

const stack = await createStack('rates', { MOVIES: '10' });
const rates: Rate[] = [];
try {
  for (const consumers of CONSUMERS) {
    await stack.up('--no-recreate', '--scale', `consumer=${consumers}`, 'producer', 'consumer');
    const view = viewOf(await stack.url('localstack', 4566));
    await untilComplete(view, (await postJob(await stack.url('producer', 8081), WARM_UP)).job_id);
    for (const job of Object.entries(JOBS)) rates.push(await measure(stack, view, consumers, job));
    view.clients.destroy();
  }
} finally {
  await stack.down();
}
if (json) console.log(JSON.stringify(rates));
else console.table(rates);
