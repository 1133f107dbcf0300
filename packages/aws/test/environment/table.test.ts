// docs/aws-environment.md, the tests of this folder and the installed SDK agree.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AWS_SUFFIXES } from '../../src/index.ts';
import { EMULATOR_URL, requestOf, useEnvironmentOf } from './support.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/aws-environment.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | ')[0]?.slice('| '.length) ?? '');
const namedInTable = new Set(rows.flatMap((cell) => cell.match(/\w+/g) ?? []));

describe('the table of environment variables', () => {
  const tests = readdirSync(import.meta.dirname).map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));

  test.each(rows)('has a test for %s', (cell) => {
    const named = tests.filter((text) => new RegExp(`row\\(\\s*'${cell.replaceAll(/[<>]/g, '.')}'`).test(text));
    expect(named).toHaveLength(1);
  });

  test('has a row for every test', () => {
    const names = tests.flatMap((text) => [...text.matchAll(/row\(\s*'(`[^']+)'/g)].map(([, name]) => name));
    expect(names.toSorted()).toEqual(rows.toSorted());
  });
});

/** Words of the SDK's source that look like the name of a variable and are something else. */
const OTHER_WORDS = [
  /^AWS_BACKUP/, // a kind of S3's and DynamoDB's backups
  /^_AWS_LAMBDA_/, // keys of an object
];

const sdkFiles = filesOfSdk();
const sdkVariables = new Set(sdkFiles.flatMap((file) => [...variablesOf(readFileSync(file, 'utf8'))]));

describe('the source of the installed SDK', () => {
  test('is searched for environment variables', () => {
    expect(sdkFiles.length).toBeGreaterThan(50);
    expect([...sdkVariables]).toEqual(
      expect.arrayContaining(['AWS_PROFILE', 'AWS_USE_FIPS_ENDPOINT', '_X_AMZN_TRACE_ID', 'HOME']),
    );
  });

  test('reads no variable that is missing from the table', () => {
    expect([...sdkVariables].filter((name) => !namedInTable.has(name))).toEqual([]);
  });

  test('has no AWS domain that is missing from our list', () => {
    const texts = sdkFiles.map((file) => readFileSync(file, 'utf8'));
    const suffixes = texts.flatMap((text) => [...text.matchAll(/"?(?:dnsSuffix|dualStackDnsSuffix)"?:\s*"([^"]+)"/g)]);
    expect(new Set(suffixes.map(([, suffix]) => suffix))).toEqual(new Set(AWS_SUFFIXES));
  });
});

describe('an endpoint that is not AWS', () => {
  /** The variables that decide where calls go, also at such an endpoint. */
  const APPLICABLE =
    /^(AWS_ENDPOINT_URL|AWS_IGNORE_CONFIGURED_ENDPOINT_URLS|AWS_REGION|AWS_DEFAULT_REGION|HOME|USERPROFILE|HOMEPATH|HOMEDRIVE)$/;

  test.each([...sdkVariables].filter((name) => !APPLICABLE.test(name)))(
    'ignores %s, also with an invalid value',
    async (name) => {
      for (const value of ['true', 'nonsense']) {
        useEnvironmentOf({ env: { AWS_ENDPOINT_URL: EMULATOR_URL, [name]: value } });
        for (const service of ['sqs', 'dynamodb', 's3'] as const) {
          const { host, signedBy, signedFor } = await requestOf(service);
          expect([host, signedBy, signedFor]).toEqual(['127.0.0.1:4566', 'test', 'us-east-1']);
        }
      }
    },
  );
});

/** The files of the clients, and of all AWS packages that they import, which Node loads. */
function filesOfSdk(): string[] {
  const found = new Map<string, string>();
  const visit = (name: string, from: string) => {
    const folder = folderOf(name, from);
    if (folder === undefined || found.has(folder)) return;
    found.set(folder, name);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const next of Object.keys(dependencies))
      if (/^@(aws-sdk|aws|smithy)\//.test(next)) visit(next, join(folder, 'package.json'));
  };
  const ours = join(import.meta.dirname, '../../package.json');
  for (const name of ['client-sqs', 'client-dynamodb', 'client-s3', 'client-sts']) visit(`@aws-sdk/${name}`, ours);
  return [...found.keys()].flatMap((folder) => scripts(join(folder, 'dist-cjs')));
}

/** A package's folder, found as Node finds it: packages need not export their package.json. */
function folderOf(name: string, from: string): string | undefined {
  const paths = createRequire(from).resolve.paths(name) ?? [];
  return paths.map((path) => join(path, name)).find((path) => isFolder(path));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function scripts(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !/\.(browser|native)\.js$/.test(file))
    .map((file) => join(folder, file));
}

/** `"AWS_…"` as a constant, `process.env.NAME`, `env.NAME`, and names destructured from `process.env`. */
function variablesOf(text: string): Set<string> {
  const constants = [...text.matchAll(/["'`](_?(?:AWS|X_AMZN)_[A-Z0-9_]*[A-Z0-9])["'`]/g)].map(([, name = '']) => name);
  const properties = [...text.matchAll(/\benv\??\.([A-Z_][A-Z0-9_]+)/g)].map(([, name = '']) => name);
  const destructured = [...text.replaceAll(/`[^`\n]*`/g, '').matchAll(/\{([^{}]+)\}\s*=\s*process\.env\b/g)].flatMap(
    ([, list = '']) => list.split(',').map((one) => one.split(/[=:]/)[0]?.trim() ?? ''),
  );
  const all = [...constants, ...properties, ...destructured].filter((name) => /^[A-Z_]/.test(name));
  return new Set(all.filter((name) => !OTHER_WORDS.some((other) => other.test(name))));
}
