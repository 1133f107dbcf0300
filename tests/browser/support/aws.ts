// The tests' own hands in AWS: queues, table and bucket of the embedded one.
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

export function openAws(endpoint: string) {
  // Without credentials in it: the clients then use what every emulator takes, whatever the machine has.
  const env = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1' };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env });
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
