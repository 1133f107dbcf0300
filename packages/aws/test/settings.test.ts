import { describe, expect, test } from '@jest/globals';
import { awsEnvironment, awsSettingsFrom, awsSettingsOf } from '../src/index.ts';

describe('settings from the environment', () => {
  test('mean AWS and the default names when the environment is empty', () => {
    expect(awsSettingsOf(awsEnvironment.parse({}))).toEqual({
      endpoint: undefined,
      region: 'us-east-1',
      queue: 'movie-load.fifo',
      dlq: 'movie-load-dlq.fifo',
      table: 'movie-job-information',
      // Its default name includes the account.
      bucket: undefined,
    });
    expect(() => awsSettingsFrom({})).toThrow(/MOVIE_LOAD_BUCKET/);
    expect(awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }).bucket).toBe('movie-bucket');
  });

  test('treat an empty value as unset, and prefer AWS_REGION to AWS_DEFAULT_REGION', () => {
    const env = {
      AWS_ENDPOINT_URL: ' ',
      MOVIE_LOAD_QUEUE: '',
      MOVIE_LOAD_BUCKET: 'a-bucket',
      AWS_DEFAULT_REGION: 'eu-west-1',
    };
    expect(awsSettingsFrom(env)).toMatchObject({ endpoint: undefined, queue: 'movie-load.fifo', region: 'eu-west-1' });
    expect(awsSettingsFrom({ ...env, AWS_REGION: 'eu-north-1' }).region).toBe('eu-north-1');
  });

  test('report all problems together, each with its variable', () => {
    const env = {
      AWS_ENDPOINT_URL: 'localhost',
      MOVIE_LOAD_QUEUE: 'not-fifo',
      MOVIE_LOAD_TABLE: 'a b',
      MOVIE_LOAD_BUCKET: 'Bucket',
    };
    expect(() => awsSettingsFrom(env)).toThrow(
      /AWS_ENDPOINT_URL.*MOVIE_LOAD_QUEUE.*MOVIE_LOAD_TABLE.*MOVIE_LOAD_BUCKET/s,
    );
  });
});
