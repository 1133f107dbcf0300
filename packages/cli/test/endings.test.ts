import { describe, expect, test } from '@jest/globals';
import type { AwsSettings } from '@movie-load/aws';
import { explained } from '../src/endpoint.ts';
import { sentenceOf } from '../src/exit.ts';
import { createLogTail } from '../src/processes/log-tail.ts';

const settings: AwsSettings = {
  endpoint: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  queue: 'q.fifo',
  dlq: 'd.fifo',
  table: 'table',
  bucket: 'bucket',
};

const nodeError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('an error of the SDK', () => {
  test('that nobody listens, also behind a host with several addresses, says what to do', () => {
    const several = new AggregateError([nodeError('ECONNREFUSED'), nodeError('ECONNREFUSED')], '');
    for (const error of [nodeError('ECONNREFUSED'), several]) {
      expect(sentenceOf(explained(error, settings))).toBe(
        'Nobody answers at http://127.0.0.1:4566 (ECONNREFUSED). Start the embedded AWS with `movie-load up`, or correct AWS_ENDPOINT_URL.',
      );
    }
  });

  test('that credentials are missing names the account’s place and a command to try', () => {
    const error = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });
    expect(sentenceOf(explained(error, { ...settings, endpoint: undefined }))).toMatch(
      /^AWS us-east-1 gave no access .*aws sts get-caller-identity/,
    );
  });
});

describe('the tail of a log', () => {
  test('complains with the last error that was logged', () => {
    const tail = createLogTail();
    tail.add('{"level":"error","msg":"first"}');
    tail.add('{"level":"error","msg":"second"}');
    tail.add('{"level":"info","msg":"drained"}');
    expect(tail.complaint()).toBe('second');
  });

  test('has nothing to say when nothing went wrong, and gives Node’s own words when it crashed', () => {
    const tail = createLogTail();
    tail.add('{"level":"info","msg":"receiving"}');
    expect(tail.complaint()).toBeUndefined();
    tail.add('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory');
    tail.add('10: 0x1add9b6  [node]');
    expect(tail.complaint()).toContain('heap out of memory');
  });
});
