// SQS over HTTP: how many calls one core of the embedded AWS answers, by operation and depth of the queue.
//
//     node packages/local-aws/bench/http.ts [--json]
//
// The server runs in a process of its own; its CPU seconds are what counts, so that others on the machine do not.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { batchFor, DEPTHS, type Depth, QUEUE_ATTRIBUTES, QUEUE_NAME } from './filled-queue.ts';
import { LightClient } from './light-client.ts';

const CALLS = 12_000;
const CLIENTS = 8;

interface Usage {
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

/** Runs `work` once per call, `CLIENTS` at a time. */
async function spread(clients: readonly LightClient[], calls: number, work: (client: LightClient) => Promise<void>) {
  let left = calls;
  await Promise.all(
    clients.map(async (client) => {
      while (left > 0) {
        left -= 1;
        await work(client);
      }
    }),
  );
}

async function measure(depth: Depth): Promise<Record<string, number>> {
  const server = fork(new URL('./server-process.ts', import.meta.url), { execArgv: ['--max-old-space-size=6000'] });
  const [{ endpoint }] = (await once(server, 'message')) as [{ endpoint: string }];
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => LightClient.connect(endpoint)));
  const usage = async (): Promise<Usage> => {
    server.send('usage');
    const [answer] = (await once(server, 'message')) as [Usage];
    return answer;
  };
  const url = `${endpoint}/000000000000/${QUEUE_NAME}`;
  await clients[0]?.call('CreateQueue', { QueueName: QUEUE_NAME, Attributes: QUEUE_ATTRIBUTES });

  let next = 0;
  const sendTen = async (client: LightClient): Promise<void> => {
    const first = next;
    next += 10;
    await client.call('SendMessageBatch', batchFor(url, (first / 10) % depth.groups, first));
  };
  await spread(clients, depth.messages / 10, sendTen);

  const row: Record<string, number> = { waiting: depth.messages };
  const perCore = async (name: string, calls: number, work: (client: LightClient) => Promise<void>) => {
    const before = await usage();
    await spread(clients, calls, work);
    row[name] = Math.round(calls / ((await usage()).cpuSeconds - before.cpuSeconds));
  };
  const one = { QueueUrl: url, MessageBody: 'x', MessageGroupId: 'single' };
  await perCore('send/s', CALLS, async (client) => {
    next += 1;
    await client.call('SendMessage', { ...one, MessageDeduplicationId: `single-${next}` });
  });
  await perCore('send ten/s', CALLS / 4, sendTen);
  await perCore('receive ten + delete ten/s', CALLS / 2, async (client) => {
    const received = await client.call('ReceiveMessage', {
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      AttributeNames: ['All'],
    });
    const { Messages = [] } = JSON.parse(received) as { Messages?: { ReceiptHandle: string }[] };
    if (Messages.length === 0) return await sendTen(client);
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await client.call('DeleteMessageBatch', { QueueUrl: url, Entries });
  });
  await perCore('attributes/s', CALLS, async (client) => {
    await client.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] });
  });
  row['rss MB'] = Math.round((await usage()).rssMb);
  // Two calls each.
  row['receive ten + delete ten/s'] = 2 * (row['receive ten + delete ten/s'] ?? 0);
  for (const client of clients) client.close();
  server.kill();
  await once(server, 'exit');
  return row;
}

const rows = [];
for (const depth of DEPTHS) rows.push(await measure(depth));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
else console.table(rows);
