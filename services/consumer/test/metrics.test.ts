import { expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { createConsumerMetrics } from '../src/metrics.ts';

const START = 1_750_000_000_000;
const current = (): ServiceReport => ({
  ...NO_COUNTS,
  kind: 'report',
  service: 'consumer',
  instance: 'a',
  at: START,
  peak_rss_bytes: 1,
  cpu_seconds: 0,
  final: false,
});
const sent = (sentOn: number) => ({ sentOn, receiveCount: 2 }) as ReceivedMessage;

async function boundsOf(): Promise<number[]> {
  const { sent_to_stored } = await createConsumerMetrics(current).report();
  return sent_to_stored.flatMap(({ seconds }) => seconds ?? []);
}

test('what dashboards ask for by its bound is still there', async () => {
  expect(await boundsOf()).toEqual(expect.arrayContaining([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]));
});

test.each([10, 30, 60, 120, 300])(
  'what is stored just after a visibility timeout of %i s has a bucket',
  async (timeout) => {
    const bounds = await boundsOf();
    expect(bounds).toContain(timeout);
    const next = bounds.find((bound) => bound > timeout) ?? Number.NaN;
    expect(next).toBeLessThanOrEqual(timeout * 1.2);
  },
);

test('no bucket is wider than twice its lower bound, up to an hour', async () => {
  const bounds = await boundsOf();
  expect(bounds.at(-1)).toBe(3600);
  for (const [at, bound] of bounds.entries()) expect(bound).toBeLessThanOrEqual(3 * (bounds[at - 1] ?? bound));
});

test('the longest of the last seconds is reported, not of all time', async () => {
  let now = START;
  const metrics = createConsumerMetrics(current, () => now);
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: null });
  metrics.stored(sent(START - 61_500), START);
  metrics.stored(sent(START - 100), START);
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: 61.5 });
  now += 60_000;
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: null });
});

test('a message of the future took no time', async () => {
  const metrics = createConsumerMetrics(current, () => START);
  metrics.stored(sent(START + 5000), START);
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: 0 });
});
