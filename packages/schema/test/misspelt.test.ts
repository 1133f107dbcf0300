import { describe, expect, test } from '@jest/globals';
import { misspeltSettings } from '../src/index.ts';

const KNOWN_SETTINGS = [
  'VISIBILITY_SECONDS',
  'POLLERS',
  'SEED',
  'MOVIES',
  'HTTP_PORT',
  'HTTP_HOST',
  'MOVIE_LOAD_TABLE',
  'AWS_REGION',
];

describe('a misspelt setting', () => {
  test.each([
    ['VISIBILITY_SECOND', 'VISIBILITY_SECONDS'],
    ['VISIBILTY_SECONDS', 'VISIBILITY_SECONDS'],
    ['visibility_seconds', 'VISIBILITY_SECONDS'],
    ['POLLER', 'POLLERS'],
    ['MOVIE_LOAD_TABEL', 'MOVIE_LOAD_TABLE'],
    ['MOVIE', 'MOVIES'],
    ['MOVIE_LOAD_TABLE_NAME', 'MOVIE_LOAD_TABLE'],
    ['MOVIE_LOAD_DYNAMODB_TABLE', 'MOVIE_LOAD_TABLE'],
  ])('%s is reported as %s', (name, meant) => {
    expect(misspeltSettings(KNOWN_SETTINGS, { [name]: '5' })).toEqual([{ name, meant }]);
  });

  test('is not reported when another program reads it, it is empty, or the right name is set, too', () => {
    // The settings of MOVIE_LOAD_… are those of the command line, the launcher and the tests.
    const others = {
      SHED: '1',
      SPEED: '1',
      PATH: '/bin',
      HTTP_PROXY: 'x',
      AWS_ENDPOINT_URL_SQS: 'x',
      HOME: '/',
      HOST: 'x',
      MOVIE_LOAD_CONTRACT_ENDPOINT: 'x',
      MOVIE_LOAD_DEBUG: '1',
      MOVIE_LOAD_FUZZ_SEED: '1',
      MOVIE_LOAD_IMAGE: 'x',
      MOVIE_LOAD_PLATFORM: 'x',
      MOVIE_LOAD_PULL_POLICY: 'never',
      MOVIE_LOAD_PYTHON: 'python3',
      MOVIE_LOAD_REQUIRE: 'docker',
      MOVIE_LOAD_TEST_FILE_MINUTES: '5',
      MOVIE_LOAD_TOOLCHAIN: 'own',
    };
    expect(misspeltSettings(KNOWN_SETTINGS, others)).toEqual([]);
    expect(misspeltSettings(KNOWN_SETTINGS, { POLLER: '' })).toEqual([]);
    expect(misspeltSettings(KNOWN_SETTINGS, { POLLER: '5', POLLERS: '5' })).toEqual([]);
    expect(misspeltSettings(KNOWN_SETTINGS, { POLLER: '5', POLLERS: '' })).toEqual([
      { name: 'POLLER', meant: 'POLLERS' },
    ]);
  });

  const meant = (name: string, given: string) => misspeltSettings([name], { [given]: '1' }).length === 1;

  test('may differ by one letter, and by two if it has ten letters or more', () => {
    // A letter is inserted, removed or changed.
    for (const near of [
      'ABCDEFGHIX',
      'ABCDEFGHI',
      'ABCDEFGHIJK',
      'ABCDEFGHXX',
      'ABCDEFGH',
      'ABCDEFGHIJKL',
      'XBCDEFGHIX',
    ])
      expect([near, meant('ABCDEFGHIJ', near)]).toEqual([near, true]);
    for (const far of ['ABCDEFGXXX', 'ABCDEFG', 'ABCDEFGHIJKLM', 'XXBCDEFGHIX'])
      expect([far, meant('ABCDEFGHIJ', far)]).toEqual([far, false]);
    for (const near of ['ABCDEFGHX', 'ABCDEFGH', 'ABCDEFGHIJ', 'XABCDEFGHI'])
      expect(meant('ABCDEFGHI', near)).toBe(true);
    for (const far of ['ABCDEFGXX', 'ABCDEFG', 'ABCDEFGHIJK', 'BACDEFGHI']) expect(meant('ABCDEFGHI', far)).toBe(false);
  });

  test('is neither a known name nor a short one', () => {
    expect(misspeltSettings(['POLLERS', 'POLLERX'], { POLLERS: '1' })).toEqual([]);
    for (const short of ['X', 'XX', 'DR']) expect(meant('DRAIN_SECONDS', short)).toBe(false);
  });

  test('has at least six letters', () => {
    expect([meant('ABCDEF', 'ABCDEX'), meant('ABCDE', 'ABCDX')]).toEqual([true, false]);
  });

  test('is reported as the nearest setting; a name with our prefix as one of our settings', () => {
    const names = ['MOVIE_LOAD_QUEUE', 'MOVIE_LOAD_TABLE', 'MY_LOAD_TABEL'];
    expect(misspeltSettings(names, { MOVIE_LOAD_TABEL: '1' })).toEqual([
      { name: 'MOVIE_LOAD_TABEL', meant: 'MOVIE_LOAD_TABLE' },
    ]);
    expect(misspeltSettings(['MOVIE_LOAD_TABLE'], { X_MOVIE_LOAD_ODD: '1' })).toEqual([]);
    expect(misspeltSettings(['MY_LOAD_TABEL'], { MOVIE_LOAD_TABEL: '1' })).toEqual([]);
    expect(misspeltSettings([], { MOVIE_LOAD_ODD: '1' })).toEqual([]);
  });
});
