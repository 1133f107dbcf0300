// The cost of an idle consumer: calls per minute with default settings, counted at the server.
import { systemClock, systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { ours } from './contenders.ts';
import { planOf } from './measure.ts';
import { untilEmpty, withEndpoint } from './provisioned.ts';

const MINUTE_MS = 60_000;
const SETTLE_MS = 5000;

/** Calls in the minute that begins five seconds after the consumer's last message was deleted. */
export function measureIdleCalls(): Promise<number> {
  const plan = planOf({ movies: 100, packed: false });
  return withEndpoint({}, async ({ endpoint, env, queue }) => {
    const consumer = ours()({ plan, env });
    try {
      await sendJob({ queue, plan, started_on: new Date().toISOString(), random: systemRandom });
      await untilEmpty(queue, [consumer], { everyMs: 100, limitMs: MINUTE_MS });
      await systemClock.sleep(SETTLE_MS);
      await endpoint.reset();
      await systemClock.sleep(MINUTE_MS);
      const records = await endpoint.records();
      const calls = Object.values(records).reduce((sum, record) => sum + record.calls, 0);
      return calls;
    } finally {
      await consumer.stop();
    }
  });
}
