// `packages/jobs` over real clients, for commands that read jobs.
import {
  type AwsClients,
  type AwsSettings,
  openObjects,
  openTable,
  resilientObjects,
  resilientTable,
  toolPolicy,
} from '@movie-load/aws';
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
  const policy = toolPolicy();
  const { clock, random } = policy;
  return createJobStore({
    table: resilientTable(openTable(clients, settings.table), policy),
    objects: resilientObjects(openObjects(clients, settings.bucket), policy),
    clock,
    random,
    instance: `cli-${process.pid}`,
    leaseMs: LEASE_MS,
  });
}
