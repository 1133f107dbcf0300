// The server's time, which clients read from the Date header of responses, and how far it is ahead of this machine's.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLocalAws } from '@movie-load/local-aws';
import { awsSettingsFrom, createClients, createServerTime, openQueue, provision, serverAheadMs } from '../src/index.ts';

describe('createServerTime', () => {
  test('returns the last date of the server plus the local time that has passed since', () => {
    let elapsed = 5000;
    const time = createServerTime(() => elapsed);
    expect(time.now()).toBeUndefined();
    time.observe('Wed, 25 Nov 2026 09:12:54 GMT');
    elapsed += 700;
    // The same second again adds no information.
    time.observe('Wed, 25 Nov 2026 09:12:54 GMT');
    expect(time.now()).toBe(Date.parse('2026-11-25T09:12:54.700Z'));
    time.observe('Wed, 25 Nov 2026 10:00:00 GMT');
    expect(time.now()).toBe(Date.parse('2026-11-25T10:00:00.000Z'));
  });

  // The offset of this machine's clock from the server's date, and by how much the server counts as ahead.
  test.each([
    ['up to two seconds ahead count as none, because a date has whole seconds', -1999.5, 0],
    ['just over two seconds ahead', -2001, 2001],
    ['five minutes ahead, rounded to whole milliseconds', -300_000.6, 300_001],
    ['five minutes behind', 300_000, -300_000],
  ])('measures the difference between the clocks: %s', (_, localOffsetMs, aheadMs) => {
    const time = createServerTime(() => 0);
    expect(serverAheadMs(time, Date.parse('2026-11-25T10:00:00Z'))).toBe(0);
    time.observe('Wed, 25 Nov 2026 10:00:00 GMT');
    expect(serverAheadMs(time, Date.parse('2026-11-25T10:00:00Z') + localOffsetMs)).toBe(aheadMs);
  });

  test('ignores a date that it cannot parse', () => {
    const time = createServerTime(() => 0);
    const unknown = [undefined, '', 'yesterday'];
    for (const text of unknown) time.observe(text);
    expect(time.now()).toBeUndefined();
    time.observe('Wed, 25 Nov 2026 10:00:00 GMT');
    for (const text of unknown) time.observe(text);
    expect(time.now()).toBe(Date.parse('2026-11-25T10:00:00Z'));
  });
});

describe('the clients', () => {
  let aws: Awaited<ReturnType<typeof startLocalAws>>;
  beforeAll(async () => {
    aws = await startLocalAws();
  });
  afterAll(() => aws.close());

  test('learn the server’s time from the answers of SQS and DynamoDB, and a queue’s status includes it', async () => {
    const env = { AWS_ENDPOINT_URL: aws.endpoint };
    const settings = awsSettingsFrom(env);
    const clients = createClients(settings, { env });
    await provision(clients, settings);
    const { now } = await (await openQueue(clients, settings.queue)).status();
    expect(now).toBeDefined();
    expect(clients.tableTime.now()).toBeDefined();
    // The embedded AWS uses this machine's clock; a date has whole seconds.
    expect(Math.abs((now ?? 0) - Date.now())).toBeLessThan(60_000);
    clients.destroy();
  });
});
