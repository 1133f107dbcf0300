// Why a queue at all? Consumers stop during a job, the producer continues undisturbed, and nothing is lost when
// consumers run again. Prints what happens and when, and a summary as JSON.
//
//   npm run file -- packages/cli/bench/why-a-queue.ts --help
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueue, provision } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { openJobStore } from '@movie-load/operations';
import { planOf } from '@movie-load/queue/request';
import { jobIdOf, movieToJson, type ServiceReport } from '@movie-load/schema';
import { exitWithUsageError, readArgumentsOrExit } from '../../service/src/arguments.ts';
import { producerArguments } from '../src/commands/start/job-processes.ts';
import { parseMovies } from '../src/options.ts';
import { startEmbeddedAws } from '../src/processes/embedded.ts';
import { embeddedClients, embeddedEnvironment, embeddedSettings } from '../src/processes/environment.ts';
import { createReportTotals } from '../src/processes/report-totals.ts';
import { type ServiceProcess, startService, stopServices } from '../src/processes/service.ts';

const CONSUMERS = 2;
const GRACE_MS = 10_000;
const POLL_MS = 100;
const SEED = 7;

const HELP = `Takes the consumers away in the middle of a job and brings them back: nothing is lost.
Prints what happens and when, and a summary as JSON.

  npm run file -- packages/cli/bench/why-a-queue.ts [--movies <n, default 20000>] [--packed]
`;
const options = readArgumentsOrExit({
  help: HELP,
  options: { movies: { type: 'string', default: '20000' }, packed: { type: 'boolean', default: false } },
});
const movies = parseMoviesOrEnd(options.movies);
const plan = planOf({ nonce: 'why-a-queue', movies, movies_per_message: options.packed ? 'auto' : 1, seed: SEED });
const jobId = jobIdOf(plan);

const aws = await startEmbeddedAws({ port: 0 });
const settings = embeddedSettings(aws.endpoint);
const clients = embeddedClients(settings);
await provision(clients, settings);
const queue = await openQueue(clients, settings.queue);
const jobs = openJobStore({ clients, settings, instance: 'why-a-queue' });
const reports = createReportTotals();
const env = embeddedEnvironment(aws.endpoint, { LOG_LEVEL: 'warn' });

let lastSentAt: number | undefined;
const onReport = (report: ServiceReport) => {
  reports.add(report);
  if (reports.current().sent_movies >= movies) lastSentAt ??= report.at;
};
const startConsumers = (): ServiceProcess[] =>
  Array.from({ length: CONSUMERS }, (_, index) =>
    startService({ service: 'consumer', name: `consumer ${index + 1}`, env, log: 'show', onReport }),
  );

const waitUntil = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await delay(POLL_MS);
};
const toSeconds = (ms: number) => Math.round(ms / 100) / 10;

const startedAt = Date.now();
const report = async (event: string) => {
  const { waiting, inFlight } = await queue.status();
  const { sent_movies, stored_movies } = reports.current();
  const counts = `sent ${sent_movies}, stored ${stored_movies}, in the queue ${waiting + inFlight} messages`;
  console.error(
    `${toSeconds(Date.now() - startedAt)
      .toFixed(1)
      .padStart(6)} s  ${event}: ${counts}`,
  );
};

let consumers = startConsumers();
const producer = startService({
  service: 'producer',
  name: 'producer',
  env,
  args: producerArguments(plan),
  log: 'show',
  onReport,
});
await waitUntil(() => reports.current().stored_movies >= movies / 10);

await stopServices(consumers, GRACE_MS);
const stoppedAt = Date.now();
const atStop = reports.current();
await report('both consumers are gone');
const { code } = await producer.exited;
const sentAt = lastSentAt ?? Date.now();
await report(`the producer has sent all, and ended with code ${code}`);
const backlog = (await queue.status()).waiting;

const backAt = Date.now();
consumers = startConsumers();
await waitUntil(async () => (await jobs.job(jobId))?.status === 'COMPLETE');
const completeAt = Date.now();
await report('the consumers came back, and the job is COMPLETE');
await waitUntil(async () => {
  const { waiting, inFlight } = await queue.status();
  return waiting + inFlight === 0;
});
await stopServices(consumers, GRACE_MS);

const object = await jobs.openObject(jobId);
const hash = createHash('sha256');
for await (const chunk of object?.body ?? []) hash.update(chunk);
const expectedHash = createHash('sha256');
let prefix = '[';
for (const movie of generateMovies(SEED, { first: 0, count: movies })) {
  expectedHash.update(`${prefix}\n${movieToJson(movie)}`);
  prefix = ',';
}
expectedHash.update('\n]\n');

const totals = reports.current();
console.log(
  JSON.stringify({
    movies,
    messages: totals.sent_messages,
    stored_before: atStop.stored_movies,
    sent_without_consumers: totals.sent_movies - atStop.sent_movies,
    sent_per_second_without_consumers: Math.round(
      (totals.sent_movies - atStop.sent_movies) / ((sentAt - stoppedAt) / 1000),
    ),
    waiting_when_they_came_back: backlog,
    seconds_without_consumers: toSeconds(backAt - stoppedAt),
    seconds_to_drain: toSeconds(completeAt - backAt),
    stored_per_second_while_draining: Math.round((movies - atStop.stored_movies) / ((completeAt - backAt) / 1000)),
    redelivered: totals.redelivered,
    dead_lettered: totals.dead_lettered,
    bytes_equal: hash.digest('hex') === expectedHash.digest('hex'),
  }),
);
clients.destroy();
await aws.close();

function parseMoviesOrEnd(text: string): number {
  try {
    return parseMovies({ movies: text });
  } catch (error) {
    return exitWithUsageError(error);
  }
}
