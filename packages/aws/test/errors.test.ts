// The class of an error, its description in one line, and the waits between attempts.
import { describe, expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import fc from 'fast-check';
import { classifyEntry, classifyError, describeError, fullJitter } from '../src/index.ts';

const aws = (name: string, message: string, httpStatusCode?: number) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

describe('the class of an error', () => {
  test.each(['ValidationException', 'SerializationException'])('is “bug” for %s', (name) => {
    expect(classifyError(aws(name, 'x', 400))).toBe('bug');
  });

  const client = (name: string, status = 400) => Object.assign(aws(name, 'x', status), { $fault: 'client' });

  test.each([
    client('ProvisionedThroughputExceededException'),
    client('RequestThrottled', 403),
    client('KmsThrottled'),
    client('SlowDown', 503),
    client('RequestTimeout'),
    // The SDK sets the fault 'client' for every code that its model does not have, even if the server failed.
    client('InternalFailure', 500),
    client('InternalError', 500),
    client('ServiceUnavailable', 503),
    aws('InternalServerError', 'x', 500),
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    aws('TimeoutError', 'x'),
    new TypeError('x'),
    undefined,
    'text',
  ])('is “transient” for %s', (error) => {
    expect(classifyError(error)).toBe('transient');
    expect(classifyError(error, error)).toBe('transient');
  });

  test.each([
    client('ResourceNotFoundException'),
    client('AccessDeniedException'),
    client('QueueDoesNotExist'),
    client('NoSuchUpload', 404),
    new MovieLoadError('queue_missing', 'x'),
  ])('is “caller” for %s', (error) => {
    expect(classifyError(error)).toBe('caller');
  });

  test('is “transient” once for a wrong clock and for expired credentials', () => {
    for (const name of ['RequestTimeTooSkewed', 'SignatureDoesNotMatch', 'ExpiredToken', 'ExpiredTokenException']) {
      expect(classifyError(client(name, 403))).toBe('transient');
      expect(classifyError(client(name, 403), client('ThrottlingException'))).toBe('transient');
      expect(classifyError(client(name, 403), client(name, 403))).toBe('caller');
    }
  });

  test.each([
    ['InternalError', false, 'transient'],
    ['RequestThrottled', true, 'transient'],
    ['ReceiptHandleIsInvalid', true, 'caller'],
    ['InvalidParameterValue', false, 'caller'],
    ['InvalidMessageContents', true, 'caller'],
  ])('is, for an entry of a batch that failed with %s (senderFault %s), “%s”', (code, senderFault, kind) => {
    expect(classifyEntry({ index: 0, code, message: '', senderFault })).toBe(kind);
  });
});

describe('an error in one line', () => {
  test('shows no session token, though AWS quotes the whole request when it refuses a signature', () => {
    const quoted = `The Canonical String should have been 'POST\n/\n\nx-amz-security-token:FwoGZXIvYXdz+/=\n\nhost'`;
    const line = describeError(aws('SignatureDoesNotMatch', quoted, 403));
    expect(line).toContain('x-amz-security-token:[removed] host');
  });

  test.each([
    [aws('AccessDenied', 'no', 403), 'AccessDenied: no (HTTP 403)'],
    [new AggregateError([new Error('connect ECONNREFUSED ::1:4566')]), 'connect ECONNREFUSED ::1:4566'],
    [new MovieLoadError('queue_missing', 'There is no queue.'), 'There is no queue.'],
    [Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [Object.create(null), 'an error without a text'],
    [{ toString: () => ({}) }, 'an error without a text'],
  ])('describes %p', (error, line) => {
    expect(describeError(error)).toBe(line);
  });

  test('has no line breaks or control characters, and a bounded length, whatever was thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything({ withNullPrototype: true }),
          fc.string().map((text) => new Error(text)),
        ),
        (thrown) => {
          const line = describeError(thrown);
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
          expect(line.length).toBeLessThanOrEqual(301);
        },
      ),
    );
  });
});

test('full jitter is between 0 and the doubled base, at most the cap', () => {
  const always = (value: number) => ({ next: () => value, uuid: () => '' });
  expect([1, 2, 3, 4, 5].map((attempt) => fullJitter(always(1), attempt, 100, 1000))).toEqual([
    100, 200, 400, 800, 1000,
  ]);
  expect(fullJitter(always(0), 3, 100, 1000)).toBe(0);
  expect(fullJitter(always(1), 2000, 100, 1000)).toBe(1000);
});

test('describeError removes line breaks first, and shortens the text only if it is still too long', () => {
  expect(describeError(new Error(`${'\n'.repeat(400)}end`))).toBe('end');
  expect(describeError(new Error('x'.repeat(300)))).toBe('x'.repeat(300));
  expect(describeError(new Error('x'.repeat(301)))).toBe(`${'x'.repeat(300)}…`);
  expect(describeError(new Error(`a\r\n\tb${'y'.repeat(400)}`))).toBe(`a b${'y'.repeat(297)}…`);
});

test('describeError shows the first error of an AggregateError, unless that has a text or no errors', () => {
  const first = Object.assign(new Error('connect ECONNREFUSED ::1:1'), { name: 'ConnectError' });
  expect(describeError(new AggregateError([first, new Error('other')]))).toBe(
    'ConnectError: connect ECONNREFUSED ::1:1',
  );
  expect(describeError(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  expect(
    describeError(Object.assign(new AggregateError([first], 'both'), { $metadata: { httpStatusCode: 503 } })),
  ).toBe('both (HTTP 503)');
  for (const name of ['Error', 'AggregateError', 'MovieLoadError', 'UsageError']) {
    expect(describeError(Object.assign(new Error('text'), { name }))).toBe('text');
  }
});
