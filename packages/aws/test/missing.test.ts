import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startLocalAws } from '@movie-load/local-aws';
import { awsSettingsFrom, createClients, isMissing, openObjects, openTable } from '../src/index.ts';

describe('a missing resource', () => {
  let aws: Awaited<ReturnType<typeof startLocalAws>>;
  beforeAll(async () => {
    aws = await startLocalAws();
  });
  afterAll(() => aws.close());

  test('is named, with the command that creates it', async () => {
    const env = { AWS_ENDPOINT_URL: aws.endpoint };
    const settings = awsSettingsFrom(env);
    const clients = createClients(settings, { env });
    const calls = [
      ['table "no-table"', () => openTable(clients, 'no-table').get({ job_id: 'a', part: 'b' })],
      ['table "no-table"', () => openTable(clients, 'no-table').putBatch([{ job_id: { S: 'a' }, part: { S: 'b' } }])],
      ['bucket "no-bucket"', () => openObjects(clients, 'no-bucket').put('key', new Uint8Array(1))],
    ] as const;
    for (const [resource, call] of calls) {
      const error = await call().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        message: expect.stringContaining(`There is no ${resource}. Create it with \`movie-load setup\``),
      });
      expect(isMissing(error)).toBe(true);
    }
    clients.destroy();
  });
});
