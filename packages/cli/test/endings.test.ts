// How a command explains what went wrong: errors of the SDK, the last problem in a service’s log, and a job that was
// not sent completely.
import { describe, expect, test } from '@jest/globals';
import type { AwsSettings } from '@movie-load/aws';
import { type SentJob, unsentLines } from '../src/commands/produce/send-for-people.ts';
import { explainError } from '../src/endpoint.ts';
import { errorText, Interrupted, mustExitAtOnce } from '../src/exit.ts';
import { createLogTail } from '../src/processes/service-log.ts';

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
  test('says what to do when nothing listens, also behind a host with several addresses', () => {
    const several = new AggregateError([nodeError('ECONNREFUSED'), nodeError('ECONNREFUSED')], '');
    for (const error of [nodeError('ECONNREFUSED'), several]) {
      expect(errorText(explainError(error, settings))).toBe(
        'Nothing answers at http://127.0.0.1:4566 (ECONNREFUSED). Start the embedded AWS with `movie-load up`, or correct AWS_ENDPOINT_URL.',
      );
    }
  });

  test.each([
    [
      'ECONNRESET',
      undefined,
      'Nothing answers at AWS us-east-1 (ECONNRESET). Check the network, AWS_REGION, and HTTPS_PROXY',
    ],
    [
      'ERR_PROXY_TUNNEL',
      settings.endpoint,
      'The proxy of HTTPS_PROXY did not let a call to http://127.0.0.1:4566 through',
    ],
  ])('says where to look after a network error: %s at %s', (code, endpoint, text) => {
    const explained = explainError(nodeError(code), { ...settings, endpoint });
    expect(explained).toMatchObject({ code: 'endpoint_unreachable', cause: { code } });
    expect(errorText(explained)).toContain(text);
  });

  test.each([
    ...['ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'].map((code) => [code, nodeError(code)] as const),
    ['TimeoutError', Object.assign(new Error('late'), { name: 'TimeoutError' })] as const,
  ])('reports %s as an endpoint that does not answer', (code, error) => {
    expect(explainError(error, settings)).toMatchObject({
      code: 'endpoint_unreachable',
      message: expect.stringContaining(`Nothing answers at http://127.0.0.1:4566 (${code}).`),
    });
  });

  test('names the endpoint if it has a response or a missing resource, and stays unchanged without a response', () => {
    const answered = (name: string) => Object.assign(new Error('No.'), { name, $metadata: { httpStatusCode: 400 } });
    expect(explainError(answered('AccessDeniedX'), settings)).toMatchObject({
      code: 'aws_refused',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4566 refused: .*No\./),
    });
    expect(explainError(answered('ResourceNotFoundException'), settings)).toMatchObject({
      code: 'resource_missing',
      message: 'http://127.0.0.1:4566: No.',
    });
    expect(explainError(Object.assign(new SyntaxError('<html>'), { $response: {} }), settings)).toMatchObject({
      code: 'aws_refused',
      message: expect.stringContaining('perhaps another program listens there'),
    });
    const bug = new TypeError('x is not a function');
    expect(explainError(bug, settings)).toBe(bug);
    expect(explainError('thrown', settings)).toBe('thrown');
  });

  test('suggests a command to try when credentials are missing', () => {
    const error = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });
    expect(errorText(explainError(error, { ...settings, endpoint: undefined }))).toMatch(
      /^AWS us-east-1 gave no access .*aws sts get-caller-identity/,
    );
  });
});

test('after Ctrl-C and without credentials the process must end at once, but not after other errors', () => {
  expect(mustExitAtOnce(new Interrupted())).toBe(true);
  // A program of the profile that should return credentials may hang.
  const error = Object.assign(new Error('No credentials within 20 s'), { name: 'CredentialsProviderError' });
  expect(mustExitAtOnce(explainError(error, { ...settings, endpoint: undefined }))).toBe(true);
  expect(mustExitAtOnce(explainError(nodeError('ECONNREFUSED'), settings))).toBe(false);
});

describe('the tail of a log', () => {
  test('returns the last logged error as the last problem', () => {
    const tail = createLogTail();
    tail.add('{"level":"error","msg":"first"}');
    tail.add('{"level":"error","msg":"second"}');
    tail.add('{"level":"info","msg":"drained"}');
    expect(tail.lastProblem()).toBe('second');
  });

  test('shows which error ended the service', () => {
    const tail = createLogTail();
    tail.add('{"level":"fatal","msg":"uncaught exception: this is a bug","err":{"message":"x is not a function"}}');
    expect(tail.lastProblem()).toBe('uncaught exception: this is a bug (x is not a function)');
    tail.add('{"level":"fatal","msg":"There is no queue","err":{"message":"There is no queue"}}');
    expect(tail.lastProblem()).toBe('There is no queue');
  });

  test('returns no problem when nothing failed, and Node’s own message when it crashed', () => {
    const tail = createLogTail();
    tail.add('{"level":"info","msg":"receiving"}');
    expect(tail.lastProblem()).toBeUndefined();
    tail.add('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory');
    tail.add('10: 0x1add9b6  [node]');
    expect(tail.lastProblem()).toContain('heap out of memory');
  });

  test('keeps fifty lines, however long a service runs', () => {
    const tail = createLogTail();
    tail.add('{"level":"error","msg":"long ago"}');
    for (let line = 0; line < 49; line += 1) tail.add('{"level":"info","msg":"stored"}');
    expect(tail.lastProblem()).toBe('long ago');
    tail.add('{"level":"info","msg":"stored"}');
    expect(tail.lastProblem()).toBeUndefined();
  });
});

describe('a job that was not sent completely', () => {
  const job: SentJob = {
    job_id: '1b72a7f0-e922-5f43-bed4-4cd74a50d289',
    plan: 'WzEs',
    status: 'FAILED',
    movies: 2000,
    messages: 2000,
    groups: 50,
    sent_movies: 1200,
    started_on: '2026-11-25T09:00:00.000Z',
    ended_on: '2026-11-25T09:00:01.000Z',
  };
  const unsent = { job, problem: 'The job was not sent: AccessDenied', isInterrupted: false, awsOption: '' };

  test('is reported with its reason and how to continue, on AWS too', () => {
    const rest = '1,200 of 2,000 movies are sent. The rest: npm run movie-load -- resume --plan WzEs';
    expect(unsentLines(unsent)).toEqual(['The job was not sent: AccessDenied', rest]);
    expect(unsentLines({ ...unsent, awsOption: ' --aws' })).toEqual([unsent.problem, `${rest} --aws`]);
    expect(unsentLines({ ...unsent, isInterrupted: true })).toEqual(['interrupted', rest]);
  });

  test('is reported with its reason alone when the producer did not give a way to continue', () => {
    const problem = 'producer: A setting is wrong: --nonce must be a word';
    expect(unsentLines({ ...unsent, job: undefined, problem })).toEqual(['A setting is wrong: --nonce must be a word']);
  });
});
