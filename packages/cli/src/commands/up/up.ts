// `movie-load up`: everything running and staying, until Ctrl-C.
import { type AwsSettings, provision } from '@movie-load/aws';
import type { Command } from 'commander';
import { examples, exitWith } from '../../command.ts';
import { EXIT } from '../../exit.ts';
import { type Interrupt, listenForInterrupt } from '../../interrupt.ts';
import { checkOpenFiles } from '../../open-files.ts';
import { parseConsumers, parsePort } from '../../options.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../processes/embedded.ts';
import { embeddedClients, embeddedSettings, serviceEnvironment } from '../../processes/environment.ts';
import { requireFreePort } from '../../processes/port.ts';
import { type ServiceName, startService, stopServices } from '../../processes/service.ts';
import { createConsumerPool, LOG } from './consumer-pool.ts';
import { startControl } from './control.ts';
import { type Kept, keepRunning } from './keep-running.ts';
import { upLines } from './lines.ts';

interface UpOptions {
  readonly port: string;
  readonly consumers: string;
  readonly consolePort: string;
  readonly producerPort: string;
}

export function addTo(program: Command): void {
  program
    .command('up')
    .description('Keep the embedded AWS, consumers, producer and console running until Ctrl-C.')
    .option('--port <port>', 'port of the embedded AWS', '4566')
    .option('--consumers <n>', 'consumer processes; 0 starts the embedded AWS alone', '2')
    .option('--console-port <port>', 'port of the page', '8080')
    .option('--producer-port <port>', 'port of the producer (POST /jobs)', '8081')
    .addHelpText(...examples('npm run movie-load -- up', 'npm run movie-load -- up --consumers 0 --port 4600'))
    .action(exitWith(up));
}

interface UpRequest {
  readonly port: number;
  readonly consumers: number;
  readonly consolePort: number;
  readonly producerPort: number;
}

/** Returns the exit code, after everything has stopped. */
async function up(options: UpOptions): Promise<number> {
  const request: UpRequest = {
    port: parsePort('--port', options.port),
    consumers: parseConsumers(options.consumers, 0),
    consolePort: parsePort('--console-port', options.consolePort),
    producerPort: parsePort('--producer-port', options.producerPort),
  };
  checkOpenFiles();
  using interrupt = listenForInterrupt();
  const { signal } = interrupt;
  if (request.consumers > 0) {
    await requireFreePort(request.consolePort, '--console-port');
    await requireFreePort(request.producerPort, '--producer-port');
  }
  const aws = await startEmbeddedAws({ port: request.port, signal });
  interrupt.onForce(aws.kill);
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  void aws.exited.then(() => ended.abort());
  try {
    const settings = embeddedSettings(aws.endpoint);
    await provisionEmbedded(settings, signal);
    if (request.consumers === 0) {
      console.log(upLines({ settings, consumers: 0 }).join('\n'));
      await aborted(until);
    } else await runServices(request, { aws, settings, interrupt, until });
  } finally {
    await aws.close();
  }
  if (signal.aborted) return interrupt.exitCode;
  process.stderr.write('movie-load: the embedded AWS ended by itself.\n');
  return EXIT.failed;
}

async function provisionEmbedded(settings: AwsSettings, signal: AbortSignal): Promise<void> {
  const clients = embeddedClients(settings);
  await provision(clients, settings, { signal }).finally(() => clients.destroy());
}

interface UpContext {
  readonly aws: EmbeddedAws;
  readonly settings: AwsSettings;
  readonly interrupt: Interrupt;
  readonly until: AbortSignal;
}

/** Producer, consumers, control and console, until the signal. */
async function runServices(request: UpRequest, { aws, settings, interrupt, until }: UpContext): Promise<void> {
  const env = (extra: NodeJS.ProcessEnv) => serviceEnvironment(aws.endpoint, extra);
  const over = new AbortController();
  const running = AbortSignal.any([until, over.signal]);
  const others: Kept[] = [];
  const keep = (service: ServiceName, extra: NodeJS.ProcessEnv): Kept => {
    const start = () => startService({ service, name: service, env: env(extra), log: LOG });
    const kept = keepRunning({ start, until: running, log: console.log });
    others.push(kept);
    return kept;
  };

  const pool = createConsumerPool({ env: env({ HTTP_PORT: '0' }), quiet: running });
  const all = () => [...others.map((one) => one.current()), ...pool.processes()];
  const removeForce = interrupt.onForce(() => {
    for (const one of all()) one.kill('SIGKILL');
  });
  await using control = await startControl(pool);
  try {
    for (let count = 0; count < request.consumers; count++) pool.add();
    const producer = keep('producer', { HTTP_PORT: String(request.producerPort), MOVIES: '0' });
    const show = async () => {
      const producerUrl = await producer.current().url;
      const consumerUrls = await pool.urls();
      if (running.aborted) return;
      const page = keep('console', {
        HTTP_PORT: String(request.consolePort),
        PRODUCER_URL: producerUrl ?? '',
        CONSUMER_URLS: consumerUrls.join(','),
        CONTROL_URL: control.url,
        CONTROL_TOKEN: control.token,
      });
      const view = { settings, consumers: request.consumers, producerUrl, pageUrl: await page.current().url };
      if (!running.aborted) console.log(upLines(view).join('\n'));
      return await Promise.race([page.wrong, aborted(until)]);
    };
    await Promise.race([show(), aborted(until), producer.wrong, pool.wrong]);
  } finally {
    over.abort();
    // A paused process (SIGSTOP) takes no SIGTERM before it goes on.
    for (const one of all()) one.kill('SIGCONT');
    await stopServices(all());
    removeForce();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
