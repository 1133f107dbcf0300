// `movie-load up`: starts everything and keeps it running until Ctrl-C.
import { type AwsSettings, provision } from '@movie-load/aws';
import { EXIT, UsageError } from '@movie-load/schema';
import { defineCommand } from '../../command.ts';
import { type Interrupt, listenForInterrupt } from '../../interrupt.ts';
import { LAB_PATH, writeLabToken } from '../../lab.ts';
import { checkOpenFiles } from '../../open-files.ts';
import { parseConsumers, parseGroups, parsePort, wholeNumber } from '../../options.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../processes/embedded.ts';
import { embeddedClients, embeddedSettings, serviceEnvironment } from '../../processes/environment.ts';
import { requireFreePort } from '../../processes/port.ts';
import { type ServiceName, startService, stopServices } from '../../processes/service.ts';
import { createConsumerPool, LOG_MODE } from './consumer-pool.ts';
import { startControl } from './control.ts';
import { keepRunning, type RestartedService } from './keep-running.ts';
import { upLines } from './lines.ts';

interface UpOptions {
  readonly port: string;
  readonly consumers: string;
  readonly consolePort: string;
  readonly producerPort: string;
  readonly visibility?: string;
  readonly wait?: string;
  readonly pollers?: string;
  readonly groups?: string;
  readonly lab?: boolean;
  readonly trace?: boolean;
}

export const addTo = defineCommand('up', {
  about: 'Keep the embedded AWS, consumers, producer and console running until Ctrl-C.',
  options: [
    ['--port <port>', 'port of the embedded AWS', '4566'],
    ['--consumers <n>', 'number of consumer processes; the page can add and kill consumers', '2'],
    ['--console-port <port>', 'port of the page', '8080'],
    ['--producer-port <port>', 'port of the producer (POST /jobs)', '8081'],
    ['--visibility <seconds>', "the consumers' visibility timeout (default: 60)"],
    ['--wait <seconds>', "how long a consumer's receive waits for messages (default: 20)"],
    ['--pollers <n>', 'receives that a consumer processes concurrently (default: 8)'],
    ['--groups <n>', "approximate number of message groups of the producer's jobs, 1 to 64 (default: about 64)"],
    ['--lab', 'enable faults on demand, a clock to move forward, and the history of each message'],
    ['--trace', "record an OpenTelemetry trace of each job, shown on the job's page"],
  ],
  examples: [
    'npm run movie-load -- up',
    'npm run movie-load -- up --consumers 0',
    'npm run movie-load -- up --lab --visibility 10 --pollers 2',
  ],
  run: up,
});

interface UpRequest {
  readonly port: number;
  readonly consumers: number;
  readonly consolePort: number;
  readonly producerPort: number;
  /** Settings of the consumers that the options set. */
  readonly consumerSettings: Readonly<Record<string, string>>;
  /** Settings of the producer that the options set. */
  readonly producerSettings: Readonly<Record<string, string>>;
  readonly lab: boolean;
  readonly trace: boolean;
}

/** Returns the exit code, after everything has stopped. */
async function up(options: UpOptions): Promise<number> {
  const request: UpRequest = {
    port: parsePort('--port', options.port),
    consumers: parseConsumers(options.consumers, 0),
    consolePort: parsePort('--console-port', options.consolePort),
    producerPort: parsePort('--producer-port', options.producerPort),
    consumerSettings: consumerSettings(options),
    producerSettings: options.groups === undefined ? {} : { MESSAGE_GROUPS: String(parseGroups(options.groups)) },
    lab: options.lab ?? false,
    trace: options.trace ?? false,
  };
  if (request.trace && request.consolePort === 0)
    throw new UsageError('--trace needs a --console-port other than 0: the services send their traces there.');
  checkOpenFiles();
  using interrupt = listenForInterrupt();
  const { signal } = interrupt;
  await requireFreePort(request.consolePort, '--console-port');
  await requireFreePort(request.producerPort, '--producer-port');
  const aws = await startEmbeddedAws({ port: request.port, lab: request.lab, signal });
  interrupt.onForce(aws.kill);
  const awsEnded = new AbortController();
  const stopSignal = AbortSignal.any([signal, awsEnded.signal]);
  void aws.exited.then(() => awsEnded.abort());
  let removeToken: (() => Promise<void>) | undefined;
  try {
    if (aws.labToken !== undefined) removeToken = await writeLabToken(aws.endpoint, aws.labToken);
    const settings = embeddedSettings(aws.endpoint);
    await provisionEmbedded(settings, signal);
    await runServices(request, { aws, settings, interrupt, stopSignal });
  } finally {
    await removeToken?.();
    await aws.close();
  }
  if (signal.aborted) return interrupt.exitCode;
  process.stderr.write('movie-load: the embedded AWS ended unexpectedly.\n');
  return EXIT.failed;
}

/** Checks the ranges of the consumers' settings here, because a consumer's errors would name variables, not options. */
function consumerSettings({ visibility, wait, pollers }: UpOptions): Record<string, string> {
  const setting = (option: string, text: string | undefined, max: number, name: string) =>
    text === undefined ? {} : { [name]: String(wholeNumber(option, text, 1, max)) };
  return {
    ...setting('--visibility', visibility, 43_200, 'VISIBILITY_SECONDS'),
    ...setting('--wait', wait, 20, 'WAIT_SECONDS'),
    ...setting('--pollers', pollers, 64, 'POLLERS'),
  };
}

async function provisionEmbedded(settings: AwsSettings, signal: AbortSignal): Promise<void> {
  const clients = embeddedClients(settings);
  await provision(clients, settings, { signal }).finally(() => clients.destroy());
}

interface UpContext {
  readonly aws: EmbeddedAws;
  readonly settings: AwsSettings;
  readonly interrupt: Interrupt;
  readonly stopSignal: AbortSignal;
}

/** Runs producer, consumers, control server and console until the signal. */
async function runServices(request: UpRequest, { aws, settings, interrupt, stopSignal }: UpContext): Promise<void> {
  const traces = request.trace ? { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesUrl(request.consolePort) } : {};
  const environmentWith = (extra: NodeJS.ProcessEnv) => serviceEnvironment(aws.endpoint, { ...traces, ...extra });
  const servicesStop = new AbortController();
  const runSignal = AbortSignal.any([stopSignal, servicesStop.signal]);
  const restartedServices: RestartedService[] = [];
  const startRestarted = (service: ServiceName, extra: NodeJS.ProcessEnv): RestartedService => {
    const env = environmentWith({ AWS_SDK_UA_APP_ID: service, ...extra });
    const start = () => startService({ service, name: service, env, log: LOG_MODE });
    const restartedService = keepRunning({ start, signal: runSignal, log: console.log });
    restartedServices.push(restartedService);
    return restartedService;
  };

  const pool = createConsumerPool({
    env: environmentWith({ HTTP_PORT: '0', ...request.consumerSettings }),
    shutdownSignal: runSignal,
  });
  const allProcesses = () => [...restartedServices.map((one) => one.current()), ...pool.processes()];
  const removeForce = interrupt.onForce(() => {
    for (const one of allProcesses()) one.kill('SIGKILL');
  });
  const lab = aws.labToken === undefined ? undefined : { url: `${aws.endpoint}${LAB_PATH}`, token: aws.labToken };
  const clients = embeddedClients(settings);
  await using control = await startControl({ pool, lab, queue: { settings, clients } });
  try {
    for (let count = 0; count < request.consumers; count++) pool.add();
    const producer = startRestarted('producer', {
      HTTP_PORT: String(request.producerPort),
      MOVIES: '0',
      ...request.producerSettings,
    });
    const startPage = async () => {
      const producerUrl = await producer.current().url;
      const consumerUrls = await pool.urls();
      if (runSignal.aborted) return;
      const page = startRestarted('console', {
        HTTP_PORT: String(request.consolePort),
        PRODUCER_URL: producerUrl ?? '',
        CONSUMER_URLS: consumerUrls.join(','),
        CONTROL_URL: control.url,
        CONTROL_TOKEN: control.token,
        ...(request.trace ? { CONSOLE_TRACES: 'true' } : {}),
      });
      const pageUrl = await page.current().url;
      const view = { settings, consumers: request.consumers, producerUrl, pageUrl, hasLab: request.lab };
      if (!runSignal.aborted) console.log(upLines(view).join('\n'));
      return await Promise.race([page.failed, waitForAbort(stopSignal)]);
    };
    await Promise.race([startPage(), waitForAbort(stopSignal), producer.failed, pool.failed]);
  } finally {
    servicesStop.abort();
    // A paused process (SIGSTOP) handles SIGTERM only after SIGCONT.
    for (const one of allProcesses()) one.kill('SIGCONT');
    await stopServices(allProcesses());
    clients.destroy();
    removeForce();
  }
}

/** The console's address for traces, passed to services that may start before the console listens. */
const tracesUrl = (consolePort: number): string => `http://127.0.0.1:${consolePort}/v1/traces`;

function waitForAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
