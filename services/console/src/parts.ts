// Puts the console's parts together: what reads AWS, what reads the services, and what acts.
import {
  type AwsSettings,
  awsSettingsOf,
  createClients,
  createPeek,
  isAwsUrl,
  openObjects,
  openQueue,
  openTable,
  systemClock,
  systemRandom,
} from '@movie-load/aws';
import { createJobStore } from '@movie-load/jobs';
import type { ServiceContext } from '@movie-load/service';
import { createConsumers } from './consumers.ts';
import { createControl } from './control.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createActions } from './job-actions.ts';
import { createProgress } from './job-progress.ts';
import { createJobsList } from './jobs-list.ts';
import { createMarks } from './marks.ts';
import { createOverview, once } from './overview.ts';
import { readProducerCalls } from './producer.ts';
import type { ConsoleSettings } from './settings.ts';
import type { Sources } from './watch.ts';

/** Only `repair` takes a lease here, and it needs none. */
const LEASE_MS = 60_000;
const LIST = 25;

export type Parts = ReturnType<typeof createParts>;

export function createParts(
  context: Pick<ServiceContext<ConsoleSettings>, 'settings' | 'instance' | 'signal' | 'defer'>,
  settings: AwsSettings = awsSettingsOf(context.settings),
) {
  const { settings: environment, instance, signal, defer } = context;
  const clients = createClients(settings);
  defer(() => clients.destroy());
  const [clock, random] = [systemClock, systemRandom];
  const queue = once(() => openQueue(clients, settings.queue));
  const dlq = once(() => openQueue(clients, settings.dlq));
  const store = createJobStore({
    table: openTable(clients, settings.table),
    objects: openObjects(clients, settings.bucket),
    clock,
    random,
    instance,
    leaseMs: LEASE_MS,
  });
  const peek = createPeek(settings.endpoint);
  const { CONTROL_URL, CONTROL_TOKEN, CONSUMER_URLS, PRODUCER_URL } = environment;
  const control = CONTROL_URL === undefined ? undefined : createControl(CONTROL_URL, CONTROL_TOKEN);
  const jobs = createJobsList({
    store,
    queueStatus: async () => (await queue()).status(),
    // The time at AWS: this machine's clock may be another.
    now: () => clients.tableTime.now() ?? Date.now(),
  });
  const deadLetters = createDeadLetters({ queue, dlq, peek, clock, random });
  const marksOf = createMarks({ queue, dlq, peek, lettersSeen: deadLetters.lettersSeen });
  const progress = createProgress({ store, view: jobs.view, marksOf });
  const overview = createOverview({
    settings,
    counters: clients.counters,
    queue,
    dlq,
    readConsumers: createConsumers({ urls: CONSUMER_URLS, control }),
    readProducer: () => readProducerCalls(PRODUCER_URL),
    can: {
      start: PRODUCER_URL !== undefined,
      control: control !== undefined,
      peek: settings.endpoint !== undefined && !isAwsUrl(settings.endpoint),
    },
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
    control,
    producerUrl: PRODUCER_URL,
    deadLetters,
    act: createActions({ store, queue, clock, random, signal }),
  };
}
