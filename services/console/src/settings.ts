// The console's settings, from the environment.
import { awsEnvironment } from '@movie-load/aws';
import { hosts, list, serviceEnvironment, wholeNumber } from '@movie-load/service';
import { z } from 'zod';

const url = z.url({ protocol: /^https?$/, error: 'must be a http(s) URL' });

export const HELP = `Serves the page that shows queues, jobs and consumers, until SIGTERM or Ctrl-C.

It takes no options. Settings are environment variables: AWS_ENDPOINT_URL, MOVIE_LOAD_QUEUE, MOVIE_LOAD_DLQ, MOVIE_LOAD_TABLE,
MOVIE_LOAD_BUCKET, HTTP_HOST, HTTP_PORT (8080), PRODUCER_URL, CONSUMER_URLS, CONSOLE_HOSTS, CONSOLE_TRACES, POLL_MS, LOG_LEVEL.
docs/settings.md describes them. \`npm run movie-load -- up\` starts it with everything that it shows.
`;

export const consoleEnvironment = z.object({
  ...serviceEnvironment.shape,
  ...awsEnvironment.shape,
  HTTP_PORT: wholeNumber(0, 65535).default(8080),
  /** The producer's address. Unset: jobs cannot be started in the page. */
  PRODUCER_URL: url.optional(),
  /** Comma-separated addresses of consumers; a host name means every address that it resolves to. */
  CONSUMER_URLS: list.pipe(z.array(url)),
  /** Only in `movie-load up`: its server that controls consumers and runs lessons, and the bearer token of that. */
  CONTROL_URL: url.optional(),
  CONTROL_TOKEN: z.string().min(16).max(256).optional(),
  /** Comma-separated `host:port` names by which a browser may also address this server. */
  CONSOLE_HOSTS: hosts,
  /** Services may send their traces here (OTLP over HTTP, `/v1/traces`): the page of a job shows them. */
  CONSOLE_TRACES: z.enum(['true', 'false'], { error: 'must be true or false' }).default('false'),
  /** Interval between reads of AWS and the consumers while a page is open, in milliseconds. */
  POLL_MS: wholeNumber(100, 60_000).default(1000),
});
export type ConsoleSettings = z.infer<typeof consoleEnvironment>;
