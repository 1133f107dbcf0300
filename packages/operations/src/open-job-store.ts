// Opens the job store for a tool: its calls fail after some attempts, while those of a service are retried for longer.
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

export interface OpenJobStoreOptions {
  readonly clients: AwsClients;
  readonly settings: Pick<AwsSettings, 'table' | 'bucket'>;
  readonly instance: string;
  /** Wraps each port, e.g. to limit its calls. */
  readonly wrapPort?: <Port extends object>(port: Port) => Port;
}

/** @example openJobStore({ clients, settings, instance: 'cli' }).job(id) */
export function openJobStore({
  clients,
  settings,
  instance,
  wrapPort = (port) => port,
}: OpenJobStoreOptions): JobStore {
  const policy = toolPolicy();
  const { clock, random } = policy;
  return createJobStore({
    table: resilientTable(wrapPort(openTable(clients, settings.table)), policy),
    objects: resilientObjects(wrapPort(openObjects(clients, settings.bucket)), policy),
    clock,
    random,
    instance,
  });
}
