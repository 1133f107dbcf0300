// docs/settings.md has a row for every variable that the code reads, and for no other.
import { expect, test } from '@jest/globals';
import { awsEnvironment } from '@movie-load/aws';
import { serviceEnvironment } from '@movie-load/service';
import { settingNames } from '../../packages/service/src/settings.ts';
import { consoleEnvironment } from '../../services/console/src/settings.ts';
import { consumerEnvironment } from '../../services/consumer/src/settings.ts';
import { producerSettings } from '../../services/producer/src/settings.ts';
import { readText, trackedFiles } from '../support/repository.ts';

/** Variables of the machine, of npm, of the AWS SDK, or set by one of our processes for its child. */
const NOT_SETTINGS =
  /^(?:PATH|HOME|TMPDIR|NODE_ENV|DOCKER_HOST|NAME|RECORDED_REQUESTS|npm_.*|AWS_(?!MAX_ATTEMPTS|CLI$).*)$/;

const schemas = [awsEnvironment, serviceEnvironment, consumerEnvironment, producerSettings, consoleEnvironment];
const fromSchemas = new Set(schemas.flatMap(settingNames));
const fromCompose = new Set(
  [...readText('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name = '']) => name),
);
const fromCode = new Set(
  trackedFiles('*.ts', '*.mjs', '.ci/run').flatMap((file) =>
    [...readText(file).matchAll(/process\.env\.(\w+)|\benv\.(AWS_MAX_ATTEMPTS)\b|\bexport (TESTCONTAINERS\w+)/g)]
      .flatMap(([, ...names]) => names.filter((name) => name !== undefined))
      .filter((name) => !NOT_SETTINGS.test(name)),
  ),
);
const known = new Set([...fromSchemas, ...fromCompose, ...fromCode]);

/** The names in the first column of every table. */
const documented = [...readText('docs/settings.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([A-Z_0-9]+)`/g)].map(([, name = '']) => name),
);

test('the test finds settings in schemas, compose file and code', () => {
  expect([...fromSchemas]).toEqual(expect.arrayContaining(['POLLERS', 'SEED', 'POLL_MS', 'LOG_LEVEL', 'AWS_REGION']));
  expect([...fromSchemas].filter((name) => name.startsWith('--'))).toEqual([]);
  expect([...fromCompose]).toEqual(expect.arrayContaining(['LOCALSTACK_CPUS']));
  expect([...fromCode]).toEqual(expect.arrayContaining(['MOVIE_LOAD_DEBUG', 'PROPERTY_SEED']));
});

test.each([...known].sort())('docs/settings.md has a row for %s', (name) => {
  expect(documented).toContain(name);
});

test('docs/settings.md has one row for each variable, and no other', () => {
  expect(documented.filter((name) => !known.has(name))).toEqual([]);
  expect(documented.filter((name, index) => documented.indexOf(name) !== index)).toEqual([]);
});
