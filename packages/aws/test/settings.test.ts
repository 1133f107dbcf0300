import { describe, expect, test } from '@jest/globals';
import { awsSettingsFrom } from '../src/index.ts';

describe('settings from the environment', () => {
  test('an empty environment means AWS itself and the names of the design', () => {
    expect(awsSettingsFrom({})).toEqual({
      endpoint: undefined,
      region: 'us-east-1',
      queue: 'movie-load.fifo',
      dlq: 'movie-load-dlq.fifo',
      table: 'movie-job-information',
      bucket: 'movie-bucket',
    });
  });

  test('an empty value counts as unset; AWS_REGION wins over AWS_DEFAULT_REGION', () => {
    const env = { AWS_ENDPOINT_URL: ' ', MOVIE_LOAD_QUEUE: '', AWS_DEFAULT_REGION: 'eu-west-1' };
    expect(awsSettingsFrom(env)).toMatchObject({ endpoint: undefined, queue: 'movie-load.fifo', region: 'eu-west-1' });
    expect(awsSettingsFrom({ ...env, AWS_REGION: 'eu-north-1' }).region).toBe('eu-north-1');
  });

  test('all problems are reported together, each with its variable', () => {
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
