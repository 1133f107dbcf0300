// The job store of a tool, which gives up after some attempts.
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
  readonly limit?: <Port extends object>(port: Port) => Port;
}

/** @example openJobStore({ clients, settings, instance: 'cli' }).job(id) */
export function openJobStore({ clients, settings, instance, limit = (port) => port }: OpenJobStoreOptions): JobStore {
  const policy = toolPolicy();
  const { clock, random } = policy;
  return createJobStore({
    table: resilientTable(limit(openTable(clients, settings.table)), policy),
    objects: resilientObjects(limit(openObjects(clients, settings.bucket)), policy),
    clock,
    random,
    instance,
  });
}
