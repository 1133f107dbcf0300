// `packages/jobs` over real clients, for commands that read jobs.
import { type AwsClients, type AwsSettings, openObjects, openTable, systemClock, systemRandom } from '@movie-load/aws';
import { createJobStore, type JobStore } from '@movie-load/jobs';

const LEASE_MS = 60_000;

/** @example await withClients(settings, (clients) => openJobs({ clients, settings }).job(id)); */
export function openJobs({
  clients,
  settings,
}: {
  readonly clients: AwsClients;
  readonly settings: AwsSettings;
}): JobStore {
  return createJobStore({
    table: openTable(clients, settings.table),
    objects: openObjects(clients, settings.bucket),
    clock: systemClock,
    random: systemRandom,
    instance: `cli-${process.pid}`,
    leaseMs: LEASE_MS,
  });
}
