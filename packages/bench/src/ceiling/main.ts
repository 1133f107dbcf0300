// The ceiling: receive → write → count → delete with the calls of our consumer and without its logic. It has as many
// loops as the consumer has pollers, and half as many receives in flight, as the consumer's gate allows. It calls
// through the unmodified SDK, through our clients (which make the SDK's calls cheaper), or by a bare HTTP client.

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
const open = transports[transportName ?? ''];
if (!open) throw new Error(`no transport ${transportName}`);
const transport = open();

let messages = 0;
let writeUnits = 0;
const send = reportUsage(() => ({
  stored_messages: messages,
  stored_movies: messages * plan.movies_per_message,
  write_units: writeUnits,
}));
const { receives: prepared, jobItem } = await prepare(plan, {
  table: settings.table,
  index: Number(index),
  processes: Number(processes),
});
transport.prepare?.(prepared.flat());
// The updates of its root need the job's item; the first update creates it, as in consumers.
await openTable(clients, settings.table).create(jobItem);
send();

let free = LOOPS / 2;
const waiting: (() => void)[] = [];
async function receive(): Promise<string[]> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await transport.receive();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

let turn = 0;
const loop = async () => {
  for (;;) {
    const handles = await receive();
    if (handles.length === 0) continue;
    for (const call of prepared[turn++ % prepared.length] ?? []) {
      const units = await transport.write(call);
      writeUnits += units;
    }
    await transport.delete(handles);
    messages += handles.length;
  }
};

process.once('SIGTERM', () => send(() => process.exit()));
await Promise.all(Array.from({ length: LOOPS }, loop));
