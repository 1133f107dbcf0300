// The class of each name of an error, and the text that describes an error to people.
import { describe, expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import {
  classifyEntry,
  classifyError,
  classifyForConsumer,
  describeError,
  EntriesFailed,
  errorName,
  isUploadLost,
} from '../src/index.ts';

const named = (name: string, more: object = {}) =>
  Object.assign(new Error('text'), { name, $fault: 'client', ...more });

describe('the class of a failure', () => {
  test.each(['ValidationException', 'SerializationException'])('is “bug” for %s', (name) => {
    expect(classifyError(named(name))).toBe('bug');
    expect(classifyForConsumer(named(name))).toBe('bug');
  });

  test.each([
    'ThrottlingException',
    'RequestThrottled',
    'ProvisionedThroughputExceededException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'SlowDown',
    'KmsThrottled',
    'OverLimit',
    'BandwidthLimitExceeded',
    'PriorRequestNotComplete',
    'RequestTimeout',
    'RequestTimeoutException',
    'TransactionInProgressException',
  ])('is “transient” for %s, though AWS blames the client', (name) => {
    expect(classifyError(named(name))).toBe('transient');
  });

  test.each([
    'AuthFailure',
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidSignatureException',
    'RequestExpired',
    'RequestInTheFuture',
    'RequestTimeTooSkewed',
    'SignatureDoesNotMatch',
    'TokenRefreshRequired',
  ])('is “transient” for %s the first time, and “caller” the second time', (name) => {
    expect(classifyError(named(name))).toBe('transient');
    expect(classifyError(named(name), named('Other'))).toBe('transient');
    expect(classifyError(named(name), named(name))).toBe('caller');
  });

  test.each([
    'AccessDenied',
    'InvalidParameterValue',
    'InvalidAddress',
    'KMS.DisabledException',
    'MissingParameter',
    'QueueDoesNotExist',
    'ReceiptHandleIsInvalid',
    'ResourceNotFoundException',
    'UnrecognizedClientException',
  ])('is “caller” for %s, and “transient” for a consumer, which waits for an operator', (name) => {
    expect(classifyError(named(name))).toBe('caller');
    expect(classifyError(named(name), named(name))).toBe('caller');
    expect(classifyForConsumer(named(name))).toBe('transient');
  });

  test('is “transient” for a server fault, by its fault, status or retry mark', () => {
    expect(classifyError(named('Odd', { $fault: 'server' }))).toBe('transient');
    expect(classifyError(named('Odd', { $metadata: { httpStatusCode: 500 } }))).toBe('transient');
    expect(classifyError(named('Odd', { $metadata: { httpStatusCode: 499 } }))).toBe('caller');
    expect(classifyError(named('Odd', { $retryable: {} }))).toBe('transient');
    expect(classifyError(named('Odd'))).toBe('caller');
    expect(classifyError(new Error('nothing known'))).toBe('transient');
    expect([undefined, null, 'text', 3].map((thrown) => classifyError(thrown))).toEqual(Array(4).fill('transient'));
  });

  test('is “caller” for errors of movie-load, and “transient” for failed entries', () => {
    expect(classifyError(new MovieLoadError('queue_missing', 'x'))).toBe('caller');
    expect(classifyError(new EntriesFailed('sqs:X', 1, 2, undefined))).toBe('transient');
    expect(new EntriesFailed('sqs:X', 1, 2, undefined)).toMatchObject({
      isPartial: true,
      message: 'sqs:X: 1 of 2 entries failed (not processed).',
    });
    expect(new EntriesFailed('sqs:X', 2, 2, 'Code')).toMatchObject({
      isPartial: false,
      code: 'entries_failed',
      message: 'sqs:X: 2 of 2 entries failed (Code).',
    });
  });

  test('is “transient” for a consumer without access, but not for errors of movie-load or a missing upload', () => {
    expect(classifyForConsumer(named('AccessDenied'))).toBe('transient');
    expect(classifyForConsumer(new MovieLoadError('queue_missing', 'x'))).toBe('caller');
    for (const name of ['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall']) {
      expect(isUploadLost(named(name))).toBe(true);
      expect(classifyForConsumer(named(name))).toBe('caller');
    }
    expect(isUploadLost(named('NoSuchKey'))).toBe(false);
  });

  test.each([
    ['InvalidParameterValue', 'caller'],
    ['InvalidParameterValueException', 'caller'],
    ['MessageNotInflight', 'caller'],
    ['AWS.SimpleQueueService.MessageNotInflight', 'caller'],
    ['ReceiptHandleIsInvalid', 'caller'],
    ['InternalError', 'transient'],
  ] as const)('is, for an entry that failed with %s, “%s”', (code, expected) => {
    expect(classifyEntry({ index: 0, code, message: '', senderFault: false })).toBe(expected);
  });

  test('is “caller” for an entry that is the sender’s fault, unless it was throttled', () => {
    const classOf = (code: string) => classifyEntry({ index: 0, code, message: '', senderFault: true });
    expect([classOf('InvalidMessageContents'), classOf('RequestThrottled')]).toEqual(['caller', 'transient']);
  });

  test('is reported with a name: that of AWS, else the code of Node', () => {
    expect(errorName(named('NoSuchKey'))).toBe('NoSuchKey');
    expect(errorName(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('ECONNRESET');
    expect(errorName(new Error('x'))).toBe('Error');
    expect(errorName('x')).toBe('Error');
  });
});

describe('describeError', () => {
  test('gives name, text and status', () => {
    expect(describeError(named('NoSuchKey', { $metadata: { httpStatusCode: 404 } }))).toBe(
      'NoSuchKey: text (HTTP 404)',
    );
    expect(describeError(new Error('plain'))).toBe('plain');
    expect(describeError(new MovieLoadError('usage', 'ours'))).toBe('ours');
    expect(describeError('thrown text')).toBe('thrown text');
    expect(describeError(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(describeError(new AggregateError([new Error('first'), new Error('second')], ''))).toBe('first');
    expect(describeError(new AggregateError([new Error('first')], 'its own'))).toBe('its own');
  });

  test('shortens a text over 300 characters and marks the cut', () => {
    expect(describeError(new Error('x'.repeat(300)))).toBe('x'.repeat(300));
    expect(describeError(new Error('x'.repeat(301)))).toBe(`${'x'.repeat(300)}…`);
  });
});
