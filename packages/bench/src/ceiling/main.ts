// The ceiling: receive → write → count → delete with the calls of our consumer and none of its logic. As many loops as the
// consumer has pollers, and as many receives on their way at once.
import { awsSettingsFrom, createClients, openQueue, openTable } from '@movie-load/aws';
import { jobPlanSchema } from '@movie-load/schema';
import { reportUsage } from '../usage.ts';
import { prepare } from './prepare.ts';
import { httpTransport, sdkTransport } from './transports.ts';

/** The consumer's default. */
const LOOPS = 8;

const [transportName, planJson = '', index = '0', processes = '1'] = process.argv.slice(2);
const plan = jobPlanSchema.parse(JSON.parse(planJson));
const settings = awsSettingsFrom(process.env);
const clients = createClients(settings);
const { url } = await openQueue(clients, settings.queue);
const transport = transportName === 'http' ? httpTransport(settings.endpoint ?? '', url) : sdkTransport(clients, url);

let messages = 0;
const send = reportUsage(() => ({
  stored_messages: messages,
  stored_movies: messages * plan.movies_per_message,
  write_units: clients.counters.writeUnits,
}));
const { receives: prepared, jobItem } = await prepare(plan, Number(index), Number(processes));
// The job's item has to be there for the updates of its root; whoever is first makes it, as consumers do.
await openTable(clients, settings.table).create(jobItem);
send();

let turn = 0;
const loop = async () => {
  for (;;) {
    const handles = await transport.receive();
    if (handles.length === 0) continue;
    for (const call of prepared[turn++ % prepared.length] ?? []) await transport.write(call);
    await transport.delete(handles);
    messages += handles.length;
  }
};

process.once('SIGTERM', () => {
  send();
  setImmediate(() => process.exit());
});
await Promise.all(Array.from({ length: LOOPS }, loop));
