import { expect, test } from '@jest/globals';
import { EXIT, MovieLoadError, UsageError } from '@movie-load/schema';
import { exitCodeOf } from '../src/exit.ts';

/** An error of AWS, by default the one for a malformed request. */
const awsError = (name = 'ValidationException') => Object.assign(new Error('1 validation error detected'), { name });
const causedBy = (cause: unknown, depth: number): unknown =>
  depth === 0 ? cause : new Error('wrapped', { cause: causedBy(cause, depth - 1) });

test('scripts rely on these exit codes', () => {
  expect(EXIT).toEqual({ ok: 0, failed: 1, usage: 2, bug: 70, interrupted: 130 });
});

test.each([
  ['wrong usage', new UsageError('--movies is missing'), 2],
  ['any other error', new MovieLoadError('port_taken', 'The port is taken.'), 1],
  ['an error that AWS may answer to a good request', awsError('ThrottlingException'), 1],
  ['a text instead of an error', 'thrown', 1],
  ['nothing', null, 1],
  ['a malformed request', awsError(), 70],
  ['a request that SQS cannot parse', awsError('SerializationException'), 70],
  [
    'a malformed request behind our own error',
    new MovieLoadError('aws_refused', 'Not sent.', { cause: awsError() }),
    70,
  ],
  ['a malformed request as the cause of seven nested errors', causedBy(awsError(), 7), 70],
])('the exit code of %s is right', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test('an error that is its own cause is handled', () => {
  const error = new Error('circular');
  error.cause = error;
  expect(exitCodeOf(error)).toBe(1);
});
