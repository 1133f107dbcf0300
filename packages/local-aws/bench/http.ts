// SQS over HTTP: how many calls one core of the embedded AWS answers, by operation and depth of the queue.
//
//     npm run file -- packages/local-aws/bench/http.ts [--json]
//
// The server runs in a separate process, whose CPU seconds are measured, so that other programs of the machine do not
// count.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readArgumentsOrExit } from '../../service/src/arguments.ts';
import { batchFor, type Depth, QUEUE_ATTRIBUTES, QUEUE_NAME } from './filled-queue.ts';
import { LightClient } from './light-client.ts';

const HELP = `Measures how many calls of SQS over HTTP one core of the embedded AWS answers, by operation and depth of the queue.

  npm run file -- packages/local-aws/bench/http.ts [--json]
`;
const { json } = readArgumentsOrExit({ help: HELP, options: { json: { type: 'boolean' } } });

const CALLS = 12_000;
const ROUNDS = 20;
const CALLS_A_ROUND = 250;
/** Each group has the ten messages of a receive, and more. */
const DEPTHS: readonly Depth[] = [
  { messages: 5000, groups: 500 },
  { messages: 100_000, groups: 1000 },
  { messages: 1_000_000, groups: 10_000 },
];
const CLIENTS = 8;

interface Received {
  readonly Messages?: readonly { readonly ReceiptHandle: string }[];
}

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
  const spent = new Map<string, { calls: number; cpuSeconds: number }>();
  const perCore = async (name: string, calls: number, work: (client: LightClient) => Promise<void>) => {
    const before = await usage();
    await spread(clients, calls, work);
    const sum = spent.get(name) ?? { calls: 0, cpuSeconds: 0 };
    sum.calls += calls;
    sum.cpuSeconds += (await usage()).cpuSeconds - before.cpuSeconds;
    spent.set(name, sum);
    row[name] = Math.round(sum.calls / sum.cpuSeconds);
  };
  // In rounds, so that the queue keeps the row's depth.
  for (let round = 0; round < ROUNDS; round++) {
    const handles: string[][] = [];
    await perCore('receive ten/s', CALLS_A_ROUND, async (client) => {
      const input = { QueueUrl: url, MaxNumberOfMessages: 10, AttributeNames: ['All'] };
      const { Messages = [] } = JSON.parse(await client.call('ReceiveMessage', input)) as Received;
      if (Messages.length < 10) throw new Error(`a receive brought ${Messages.length} messages where ten were waiting`);
      handles.push(Messages.map(({ ReceiptHandle }) => ReceiptHandle));
    });
    await perCore('delete ten/s', CALLS_A_ROUND, async (client) => {
      const Entries = (handles.pop() ?? []).map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle }));
      await client.call('DeleteMessageBatch', { QueueUrl: url, Entries });
    });
    await perCore('send ten/s', CALLS_A_ROUND, sendTen);
  }
  const one = { QueueUrl: url, MessageBody: 'x', MessageGroupId: 'single' };
  await perCore('send/s', CALLS, async (client) => {
    next += 1;
    await client.call('SendMessage', { ...one, MessageDeduplicationId: `single-${next}` });
  });
  await perCore('attributes/s', CALLS, async (client) => {
    await client.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] });
  });
  row['rss MB'] = Math.round((await usage()).rssMb);
  for (const client of clients) client.close();
  server.kill();
  await once(server, 'exit');
  return row;
}

const rows = [];
for (const depth of DEPTHS) rows.push(await measure(depth));
if (json) console.log(JSON.stringify(rows));
else console.table(rows);
