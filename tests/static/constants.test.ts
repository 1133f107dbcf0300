// Constants that are repeated in files which cannot import them.
import { describe, expect, test } from '@jest/globals';
import { AWS_PRICES, AWS_QUOTAS, DLQ_MESSAGE_BYTES, QUEUE_MESSAGE_BYTES } from '@movie-load/aws';
import { HEAP_FLAGS, MALLOC_SETTINGS } from '@movie-load/schema';
import { readText, trackedFiles } from '../support/repository.ts';
import { composeServices } from '../support/yaml-files.ts';

const V8_FLAG = /^--(?:max-old-space-size|max-semi-space-size|heap-growing-percent)=\d+$/;

describe('docker-compose.yml and the Dockerfile', () => {
  test.each(Object.entries(HEAP_FLAGS))('give %s the heap that the command line gives it', (service, flags) => {
    const { entrypoint = [], environment = {} } = composeServices()[service] ?? {};
    const words = [...entrypoint, ...String(environment.NODE_OPTIONS ?? '').split(' ')];
    expect(words.filter((word) => V8_FLAG.test(word))).toEqual(flags);
  });

  test('set malloc as the command line sets it', () => {
    const settings = [...readText('Dockerfile').matchAll(/\b(MALLOC_\w+)=(\S+)/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(settings).toEqual(Object.entries(MALLOC_SETTINGS));
  });
});

test('the documents name the memory flags of the consumer', () => {
  for (const page of ['docs/consumer.md', 'docs/decisions/0050-memory-limits-of-services.md']) {
    expect(readText(page).replaceAll(/\s+/g, ' ')).toContain(HEAP_FLAGS.consumer.join(' '));
  }
});

test('the script for LocalStack creates the queues with the sizes that the code defines', () => {
  const sizes = [...readText('localstack-init/ready.d/10-resources.sh').matchAll(/"MaximumMessageSize": "(\d+)"/g)];
  expect(sizes.map(([, bytes]) => Number(bytes))).toEqual([DLQ_MESSAGE_BYTES, QUEUE_MESSAGE_BYTES]);
});

test('every price and quota is used by a source file, not only by tests', () => {
  const tables = ['packages/aws/src/prices.ts', 'packages/aws/src/quotas.ts'];
  const words = new Set(
    trackedFiles('packages/*/src/*.ts', 'services/*/src/*.ts')
      .filter((file) => !tables.includes(file))
      .flatMap((file) => readText(file).match(/\w+/g) ?? []),
  );
  expect([AWS_PRICES, AWS_QUOTAS].flatMap(Object.keys).filter((name) => !words.has(name))).toEqual([]);
});

test('the page, which imports no schemas, repeats the longest visibility timeout', () => {
  const valueIn = (file: string) => /const MAX_VISIBILITY = (.+);/.exec(readText(file))?.[1];
  const value = valueIn('packages/operations/src/lab/queue.ts');
  expect(value).toBeDefined();
  expect(valueIn('services/console/src/page/lab/use-lab-queue.ts')).toBe(value);
});

/** By the text of a constant (the size of the queue's largest message; a flag of V8): the file that defines it. */
test.each([
  ['1_032_192', 'packages/aws/src/limits.ts'],
  ['heap-growing-percent=70', 'packages/schema/src/memory-flags.ts'],
])('the constant %s is in no source file but %s', (text, definingFile) => {
  const sources = trackedFiles('packages/*/src/*.ts', 'services/*/src/*.ts', 'packages/jobs/test/*.ts');
  const filesWithText = sources.filter((file) =>
    readText(file)
      .replaceAll(/^\s*(?:\*|\/\/).*$/gm, '')
      .includes(text),
  );
  expect(filesWithText).toEqual([definingFile]);
});
