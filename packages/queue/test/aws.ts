// The two queues on the embedded AWS, through the real SDK.
import { type AwsClients, awsSettingsFrom, createClients, type OpenQueue, openQueue, provision } from '@movie-load/aws';
import { type Faults, startLocalAws } from '@movie-load/local-aws';

export interface TestQueues {
  readonly endpoint: string;
  readonly clients: AwsClients;
  readonly queue: OpenQueue;
  readonly dlq: OpenQueue;
  close(): Promise<void>;
}

export async function startQueues(faults: Faults = {}): Promise<TestQueues> {
  const aws = await startLocalAws({ faults });
  const env = { AWS_ENDPOINT_URL: aws.endpoint };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env });
  await provision(clients, settings);
  const queue = await openQueue(clients, settings.queue);
  const dlq = withoutWaiting(await openQueue(clients, settings.dlq));
  return {
    endpoint: aws.endpoint,
    clients,
    queue,
    dlq,
    async close() {
      clients.destroy();
      await aws.close();
    },
  };
}

/** The embedded AWS has one server: a short poll finds all there is, and the tests need no second for each empty one. */
function withoutWaiting(queue: OpenQueue): OpenQueue {
  return { ...queue, receive: (request) => queue.receive({ ...request, waitSeconds: 0 }) };
}

/** Receives all that there is and deletes it. */
export async function drain(queue: OpenQueue) {
  const all = [];
  for (;;) {
    const messages = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    if (messages.length === 0) return all;
    all.push(...messages);
    await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
  }
}
