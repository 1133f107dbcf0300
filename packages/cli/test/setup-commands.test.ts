// What `setup`, `teardown` and `buckets` create, delete and list: on an embedded AWS, in this process.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestAws, type TestAws } from '@movie-load/testing';
import { runCommand } from './run-command.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

describe('setup, teardown and buckets', () => {
  const others = {
    MOVIE_LOAD_QUEUE: 'others.fifo',
    MOVIE_LOAD_DLQ: 'others-dlq.fifo',
    MOVIE_LOAD_TABLE: 'others',
    MOVIE_LOAD_BUCKET: 'others-bucket',
  };
  const on = (env: Record<string, string>, ...words: string[]) => runCommand({ ...aws.env, ...env }, ...words);
  const jsonOn = async (env: Record<string, string>, ...words: string[]) =>
    JSON.parse((await on(env, ...words, '--json')).stdout);

  test('show in a dry run what would be created, and create nothing', async () => {
    const env = { MOVIE_LOAD_BUCKET: 'dry-bucket' };
    for (let time = 0; time < 2; time += 1) {
      const { code, stdout } = await on(env, 'setup', '--dry-run');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^would create {2}.*dry-bucket$/m);
      expect(stdout).toMatch(/^exists {2}.*movie-load\.fifo$/m);
      expect(stdout).not.toMatch(/^exists .*dry-bucket|^created/m);
    }
    const { created, found } = await jsonOn(env, 'setup', '--dry-run');
    expect([created.length, found.length]).toEqual([1, 3]);
  });

  test('remove nothing before a confirmation, neither all four resources nor only a table', async () => {
    expect((await on(others, 'setup')).code).toBe(0);
    for (const env of [
      others,
      { ...others, MOVIE_LOAD_QUEUE: 'no.fifo', MOVIE_LOAD_DLQ: 'no-dlq.fifo', MOVIE_LOAD_BUCKET: 'no-bucket' },
    ]) {
      const { code, stderr } = await on(env, 'teardown');
      expect(code).toBe(2);
      expect(stderr).toContain('the table others with about 0 items');
    }
    expect((await jsonOn(others, 'teardown', '--yes')).removed).toHaveLength(4);
    expect((await on(others, 'teardown')).stdout).toBe(`No resources exist at ${aws.endpoint}.\n`);
  });

  test('report no objects for a missing bucket', async () => {
    const { code, stdout } = await on({ MOVIE_LOAD_BUCKET: 'never-made' }, 'buckets');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^BUCKET\n[\s\S]*\n\nNo objects yet\.\n$/)]);
  });
});

describe('an endpoint', () => {
  test('may be an emulator with --aws, too, and the output says so', async () => {
    const { code, stderr } = await runCommand(aws.env, 'tables', '--aws');
    expect(code).toBe(0);
    expect(stderr).toBe(
      `movie-load: the environment names an endpoint that is not AWS, and --aws does not change that: ${aws.endpoint}\n`,
    );
  });
});
