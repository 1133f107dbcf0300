// The ceiling: the throughput that a consumer would have if its own logic took no time. This process only repeats the
// calls of our consumer: receive → write → count → delete. It has as many loops as the consumer has pollers,
// and, like the consumer, at most half as many receives in flight. It makes the calls through the unmodified SDK
// (`sdk`), through our clients, which make the SDK's calls cheaper (`ours`), or through a bare HTTP client (`http`).

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsSettingsFrom, createClients, openQueue, openTable } from '@movie-load/aws';
import { jobPlanSchema } from '@movie-load/schema';
import { reportUsage } from '../usage.ts';
import { prepare } from './prepare.ts';
import { httpTransport, sdkTransport, type Transport } from './transports.ts';

/** The consumer's default number of pollers. */
const LOOPS = 8;

const [transportName, planJson = '', index = '0', processes = '1'] = process.argv.slice(2);
const plan = jobPlanSchema.parse(JSON.parse(planJson));
const settings = awsSettingsFrom(process.env);
const clients = createClients(settings);
const { url } = await openQueue(clients, settings.queue);
const transports: Record<string, () => Transport> = {
  sdk: () => {
    const shared = settings.endpoint === undefined ? {} : { endpoint: settings.endpoint };
    const sqs = new SQSClient({ ...shared, useQueueUrlAsEndpoint: false });
    return sdkTransport({ sqs, poll: sqs, dynamodb: new DynamoDBClient(shared) }, url);
  },
  ours: () => sdkTransport(clients, url),
  http: () => httpTransport(settings.endpoint ?? '', url),
};
const createTransport = transports[transportName ?? ''];
if (!createTransport)
  throw new Error(`There is no transport "${transportName}". Pass one of ${Object.keys(transports).join(', ')}.`);
const transport = createTransport();

let messages = 0;
let writeUnits = 0;
const sendReport = reportUsage(() => ({
  stored_messages: messages,
  stored_movies: messages * plan.movies_per_message,
  write_units: writeUnits,
}));
const { receives: preparedReceives, jobItem } = await prepare(plan, {
  table: settings.table,
  index: Number(index),
  processes: Number(processes),
});
transport.prepare?.(preparedReceives.flat());
// Counting a finished group updates the job's item, which a consumer would have created with its first message.
await openTable(clients, settings.table).create(jobItem);
sendReport();

let freeReceives = LOOPS / 2;
const waitingLoops: (() => void)[] = [];
async function receive(): Promise<string[]> {
  if (freeReceives > 0) freeReceives -= 1;
  else await new Promise<void>((resolve) => waitingLoops.push(resolve));
  try {
    return await transport.receive();
  } finally {
    const startNext = waitingLoops.shift();
    if (startNext === undefined) freeReceives += 1;
    else startNext();
  }
}

let receives = 0;
const pollForever = async () => {
  for (;;) {
    const handles = await receive();
    if (handles.length === 0) continue;
    for (const call of preparedReceives[receives++ % preparedReceives.length] ?? []) {
      const units = await transport.write(call);
      writeUnits += units;
    }
    await transport.delete(handles);
    messages += handles.length;
  }
};

process.once('SIGTERM', () => sendReport(() => process.exit()));
await Promise.all(Array.from({ length: LOOPS }, pollForever));
