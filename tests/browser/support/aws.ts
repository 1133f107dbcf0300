// Direct access of the tests to queues, table and bucket of the embedded AWS.
import {
  awsSettingsFrom,
  createClients,
  openObjects,
  openQueue,
  openTable,
  resilientTable,
  systemClock,
  systemRandom,
  toolPolicy,
} from '@movie-load/aws';
import { createJobStore } from '@movie-load/jobs';
import { REPEATED_CALLS } from '@movie-load/testing';

export function openAws(endpoint: string) {
  // No credentials: the clients then use test credentials, not those of the machine.
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { ...REPEATED_CALLS, env });
  return {
    queue: () => openQueue(clients, settings.queue),
    dlq: () => openQueue(clients, settings.dlq),
    store: createJobStore({
      table: resilientTable(openTable(clients, settings.table), toolPolicy()),
      objects: openObjects(clients, settings.bucket),
      clock: systemClock,
      random: systemRandom,
      instance: 'browser-test',
    }),
    close: () => clients.destroy(),
  };
}
export type Aws = ReturnType<typeof openAws>;
