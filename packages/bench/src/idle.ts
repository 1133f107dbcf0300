// What an idle consumer costs: calls a minute with default settings, counted at the server.
import {
  awsSettingsFrom,
  createClients,
  openResilientQueue,
  provision,
  systemClock,
  systemRandom,
  toolPolicy,
} from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import type { Contender } from './contender.ts';
import { ours } from './contenders.ts';
import { openEndpoint } from './endpoint.ts';
import { environmentOf, planOf } from './measure.ts';

const MINUTE_MS = 60_000;
const SETTLE_MS = 5000;

/** Calls in the minute that begins five seconds after the consumer's last message was deleted. */
export async function measureIdleCalls(): Promise<number> {
  const endpoint = await openEndpoint();
  const env = environmentOf(endpoint.url);
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env: {} });
  const plan = planOf({ movies: 100, packed: false });
  let consumer: Contender | undefined;
  try {
    await provision(clients, settings);
    const queue = await openResilientQueue(clients, settings.queue, toolPolicy());
    consumer = ours()({ plan, env });
    await sendJob({ queue, plan, started_on: new Date().toISOString(), random: systemRandom });
    for (let left = 1; left > 0; ) {
      await Promise.race([systemClock.sleep(100), consumer.failed]);
      const { waiting, inFlight } = await queue.status();
      left = waiting + inFlight;
    }
    await systemClock.sleep(SETTLE_MS);
    await endpoint.reset();
    await systemClock.sleep(MINUTE_MS);
    const calls = Object.values(await endpoint.records()).reduce((sum, one) => sum + one.calls, 0);
    return calls;
  } finally {
    await consumer?.stop();
    clients.destroy();
    await endpoint.stop();
  }
}
