// Puts the console's parts together: what reads AWS, what reads the services, and what acts.
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
import { shownUrl } from '@movie-load/schema';
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

const LIST = 25;
/** AWS calls for looks, of all pages together. */
const CALLS_A_SECOND = 400;
const CALLS_AT_ONCE = 400;

/** How far the endpoint's clock is ahead of this machine's; its dates have whole seconds, so less than two are none. */
function aheadMs(thereMs: number | undefined): number {
  const ahead = (thereMs ?? Date.now()) - Date.now();
  return Math.abs(ahead) < 2 * DATE_STEP_MS ? 0 : ahead;
}

const canPeek = ({ endpoint }: AwsSettings): boolean => endpoint !== undefined && !isAwsUrl(endpoint);

export type Parts = ReturnType<typeof createParts>;

const endpointName = ({ endpoint }: AwsSettings): string => (endpoint === undefined ? 'AWS' : shownUrl(endpoint));

export function createParts(
  context: Pick<ServiceContext<ConsoleSettings>, 'settings' | 'instance' | 'signal' | 'defer'>,
  settings: AwsSettings,
) {
  const { settings: environment, instance, signal, defer } = context;
  const clients = createClients(settings);
  defer(() => clients.destroy());
  const policy = toolPolicy();
  const { clock, random } = policy;
  const limited = createCallLimit({ clock, perSecond: CALLS_A_SECOND, burst: CALLS_AT_ONCE });
  const opened = (name: string) => once(() => openResilientQueue(clients, name, policy));
  const [queue, dlq] = [opened(settings.queue), opened(settings.dlq)];
  const status = (open: () => Promise<OpenQueue>) => async () => limited(await open());
  const [seenQueue, seenDlq] = [status(queue), status(dlq)];
  const storeWith = (limit?: LimitCalls) => openJobStore({ clients, settings, instance, ...(limit && { limit }) });
  const store = storeWith(limited);
  const peek = createPeek(settings.endpoint);
  const { CONTROL_URL, CONTROL_TOKEN, CONSUMER_URLS, PRODUCER_URL } = environment;
  const control = CONTROL_URL === undefined ? undefined : createControl(CONTROL_URL, CONTROL_TOKEN);
  // The time at AWS: this machine's clock may be another.
  const now = () => clients.tableTime.now() ?? Date.now();
  const jobs = createJobsList({ store, queueStatus: async () => (await seenQueue()).status(), now });
  const deadLetters = createDeadLetters({ queue, dlq, peek, clock, random, signal });
  defer(deadLetters.settled);
  const marksOf = createMarks({
    queue: seenQueue,
    dlq: seenDlq,
    peek,
    lettersSeen: deadLetters.lettersSeen,
    aheadMs: () => aheadMs(clients.tableTime.now()),
  });
  const progress = createProgress({ store, view: jobs.view, marksOf });
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
    store,
    queue: seenQueue,
    dlq: seenDlq,
    counters: clients.counters,
    uptimeMs: () => performance.now(),
  });
  const sources: Sources = {
    overview,
    jobs: () => jobs.page({ limit: LIST }),
    progress: async (jobId) => (await progress.read(jobId))?.progress,
  };
  return {
    settings,
    clients,
    store,
    jobs,
    progress,
    sources,
    metrics,
    control,
    producerUrl: PRODUCER_URL,
    traces: environment.CONSOLE_TRACES === 'true' ? createTraces() : undefined,
    up: createUp({ url: CONTROL_URL, token: CONTROL_TOKEN, endpoint: endpointName(settings) }),
    deadLetters,
    // Verify, resume and repair are asked for one by one, and read whole jobs.
    act: createActions({ store: storeWith(), queue, random, signal }),
  };
}
