import { describe, expect, test } from '@jest/globals';
import { refuseOptionsKeptByNpm } from '../src/index.ts';

const refuse = (env: Record<string, string>, command?: string) => () =>
  refuseOptionsKeptByNpm(['movies', 'yes', 'dry-run', 'n', 'movies-per-message'], env, command);

describe('an option that npm has taken', () => {
  test('is refused, and the error has the right command', () => {
    expect(refuse({ npm_lifecycle_event: 'start', npm_config_movies: '5' })).toThrow(/: npm start -- --movies …/);
    expect(refuse({ npm_lifecycle_event: 'test', npm_config_movies: '5' })).toThrow(/: npm test -- --movies …/);
    expect(refuse({ npm_lifecycle_event: 'sim', npm_config_dry_run: '' })).toThrow(/: npm run sim -- --dry-run …/);
    const long = refuse({ npm_lifecycle_event: 'start', npm_config_movies_per_message: '5' });
    expect(long).toThrow(/: npm start -- --movies-per-message … .*unset it/);
    const command = refuse({ npm_lifecycle_event: 'movie-load', npm_config_n: '1' }, 'produce');
    expect(command).toThrow(/npm took -n for itself.*: npm run movie-load -- produce -n …/);
  });

  test('is not reported when npm runs no script, when it has taken none of our options, or for its own --yes', () => {
    expect(refuse({ npm_config_movies: '5' })).not.toThrow();
    expect(refuse({ npm_lifecycle_event: 'start', npm_config_other: '5' })).not.toThrow();
    expect(refuse({ npm_lifecycle_event: 'start', npm_config_yes: 'true' })).not.toThrow();
    // Options after --yes are checked nevertheless.
    expect(refuse({ npm_lifecycle_event: 'start', npm_config_yes: 'true', npm_config_dry_run: 'true' })).toThrow();
  });
});
