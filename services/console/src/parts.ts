// Assembles the console's parts: those that read AWS, those that read the services, and the actions.
import {
  type AwsSettings,
  createClients,
  createPeek,
  DATE_STEP_MS,
  isAwsUrl,
  type OpenQueue,
  openResilientQueue,
  toolPolicy,
} from '@movie-load/aws';
import { openJobStore } from '@movie-load/operations';
import { urlWithoutSecrets } from '@movie-load/schema';
import type { ServiceContext } from '@movie-load/service';
import { createCallLimit, type LimitCalls } from './call-limit.ts';
import { createConsumers } from './consumers.ts';
import { createControl } from './control.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createActions } from './job-actions.ts';
import { createProgress } from './job-progress.ts';
import { createJobsList } from './jobs-list.ts';
import { createMarks } from './marks.ts';
import { createConsoleMetrics } from './metrics.ts';
import { createOverview, once } from './overview.ts';
import { readReport } from './service-reports.ts';
import type { ConsoleSettings } from './settings.ts';
import { createTraces } from './traces.ts';
import { createUp } from './up.ts';
import type { Sources } from './watch.ts';

/** Number of jobs that the live list shows. */
const LATEST_JOBS = 25;
/** Limits of the AWS calls that read data, for all pages together. */
const MAX_CALLS_PER_SECOND = 400;
const MAX_CALL_BURST = 400;

/**
 * How far the endpoint's clock is ahead of this machine's, in milliseconds. Less than two seconds count as 0,
 * because the endpoint's dates have no fractions of seconds.
 */
function aheadMs(endpointNowMs: number | undefined): number {
  const ahead = (endpointNowMs ?? Date.now()) - Date.now();
  return Math.abs(ahead) < 2 * DATE_STEP_MS ? 0 : ahead;
}

const canPeek = ({ endpoint }: AwsSettings): boolean => endpoint !== undefined && !isAwsUrl(endpoint);

type ConsoleContext = Pick<ServiceContext<ConsoleSettings>, 'settings' | 'instance' | 'signal' | 'defer'>;

export type Parts = ReturnType<typeof createParts>;

const endpointName = ({ endpoint }: AwsSettings): string =>
  endpoint === undefined ? 'AWS' : urlWithoutSecrets(endpoint);

/** Clients, queues and store; those in `limited` share the limit of calls. */
function openEndpoint({ instance, defer }: Pick<ConsoleContext, 'instance' | 'defer'>, settings: AwsSettings) {
  const clients = createClients(settings);
  defer(() => clients.destroy());
  const policy = toolPolicy();
  const { clock, random } = policy;
  const limitCalls = createCallLimit({ clock, perSecond: MAX_CALLS_PER_SECOND, burst: MAX_CALL_BURST });
  const openOnce = (name: string) => once(() => openResilientQueue(clients, name, policy));
  const [queue, dlq] = [openOnce(settings.queue), openOnce(settings.dlq)];
  const withLimit = (open: () => Promise<OpenQueue>) => async () => limitCalls(await open());
  const storeWith = (wrapPort?: LimitCalls) =>
    openJobStore({ clients, settings, instance, ...(wrapPort && { wrapPort }) });
  return {
    clients,
    clock,
    random,
    queue,
    dlq,
    limited: { queue: withLimit(queue), dlq: withLimit(dlq), store: storeWith(limitCalls) },
    store: storeWith(),
  };
}

export function createParts(context: ConsoleContext, settings: AwsSettings) {
  const { settings: environment, signal, defer } = context;
  const { clients, clock, random, queue, dlq, limited, store } = openEndpoint(context, settings);
  const peek = createPeek(settings.endpoint);
  const { CONTROL_URL, CONTROL_TOKEN, CONSUMER_URLS, PRODUCER_URL } = environment;
  const control = CONTROL_URL === undefined ? undefined : createControl(CONTROL_URL, CONTROL_TOKEN);
  // The time at AWS, from which this machine's clock may differ.
  const now = () => clients.tableTime.now() ?? Date.now();
  const jobs = createJobsList({ store: limited.store, queueStatus: async () => (await limited.queue()).status(), now });
  const deadLetters = createDeadLetters({ queue, dlq, peek, clock, random, signal });
  defer(deadLetters.settled);
  const marksOf = createMarks({
    queue: limited.queue,
    dlq: limited.dlq,
    peek,
    receivedDeadLetters: deadLetters.receivedDeadLetters,
    aheadMs: () => aheadMs(clients.tableTime.now()),
  });
  const progress = createProgress({ store: limited.store, view: jobs.view, marksOf });
  const overview = createOverview({
    settings,
    counters: clients.counters,
    queue,
    dlq,
    readConsumers: createConsumers({ urls: CONSUMER_URLS, control }),
    readProducer: async () => (PRODUCER_URL === undefined ? null : readReport(PRODUCER_URL)),
    can: { start: PRODUCER_URL !== undefined, control: control !== undefined, peek: canPeek(settings) },
  });
  const metrics = createConsoleMetrics({
    ...limited,
    counters: clients.counters,
    uptimeMs: () => performance.now(),
  });
  const sources: Sources = {
    overview,
    jobs: () => jobs.page({ limit: LATEST_JOBS }),
    progress: async (jobId) => (await progress.read(jobId))?.progress,
  };
  return {
    settings,
    clients,
    store: limited.store,
    jobs,
    progress,
    sources,
    metrics,
    control,
    producerUrl: PRODUCER_URL,
    traces: environment.CONSOLE_TRACES === 'true' ? createTraces() : undefined,
    up: createUp({ url: CONTROL_URL, token: CONTROL_TOKEN, endpoint: endpointName(settings) }),
    deadLetters,
    // Not limited: verify, resume and repair are started one by one, and read whole jobs.
    act: createActions({ store, queue, random, signal }),
  };
}
