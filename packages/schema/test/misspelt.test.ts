import { describe, expect, test } from '@jest/globals';
import { misspeltSettings } from '../src/index.ts';

const known = [
  'VISIBILITY_SECONDS',
  'POLLERS',
  'SEED',
  'MOVIES',
  'HTTP_PORT',
  'HTTP_HOST',
  'MOVIE_LOAD_TABLE',
  'AWS_REGION',
];

describe('a variable that is nearly a setting', () => {
  test.each([
    ['VISIBILITY_SECOND', 'VISIBILITY_SECONDS'],
    ['VISIBILTY_SECONDS', 'VISIBILITY_SECONDS'],
    ['visibility_seconds', 'VISIBILITY_SECONDS'],
    ['POLLER', 'POLLERS'],
    ['MOVIE_LOAD_TABEL', 'MOVIE_LOAD_TABLE'],
    ['MOVIE', 'MOVIES'],
    ['MOVIE_LOAD_TABLE_NAME', 'MOVIE_LOAD_TABLE'],
    ['MOVIE_LOAD_DYNAMODB_TABLE', 'MOVIE_LOAD_TABLE'],
  ])('%s is told: %s', (name, meant) => {
    expect(misspeltSettings(known, { [name]: '5' })).toEqual([{ name, meant }]);
  });

  test('is left alone when it belongs to others, is empty, or the setting itself is there', () => {
    const others = {
      SHED: '1',
      SPEED: '1',
      PATH: '/bin',
      HTTP_PROXY: 'x',
      AWS_ENDPOINT_URL_SQS: 'x',
      HOME: '/',
      HOST: 'x',
      MOVIE_LOAD_DEBUG: '1',
      MOVIE_LOAD_REQUIRE: 'docker',
      MOVIE_LOAD_TOOLCHAIN: 'own',
      MOVIE_LOAD_TRUST_ENDPOINT: 'true',
    };
    expect(misspeltSettings(known, others)).toEqual([]);
    expect(misspeltSettings(known, { POLLER: '' })).toEqual([]);
    expect(misspeltSettings(known, { POLLER: '5', POLLERS: '5' })).toEqual([]);
  });
});
