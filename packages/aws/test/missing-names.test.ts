// Which errors report a missing resource, and how each call names it.
import { expect, test } from '@jest/globals';
import { isMissing } from '../src/index.ts';
import { nameMissingResource } from '../src/missing.ts';
import { refusal } from './fake-aws.ts';

type Step = (
  next: (call: { readonly input: object }) => Promise<unknown>,
) => (call: { readonly input: object }) => Promise<unknown>;

/** The error of a call with this input and this failure. */
async function thrown(input: object, error: unknown): Promise<unknown> {
  const steps: Step[] = [];
  nameMissingResource({ add: (step: Step) => void steps.push(step) } as never);
  const call = steps[0]?.(() => Promise.reject(error));
  return call?.({ input }).then(
    () => undefined,
    (failure: unknown) => failure,
  );
}

const text = (what: string) =>
  `There is no ${what}. Create it with \`movie-load setup\`, or correct its name in the environment.`;

test.each<[string, object, string]>([
  ['ResourceNotFoundException', { TableName: 'jobs' }, 'table "jobs"'],
  ['ResourceNotFoundException', { TableName: 'arn:aws:dynamodb:eu-west-1:1:table/jobs' }, 'table "jobs"'],
  ['ResourceNotFoundException', { RequestItems: { jobs: [], other: [] } }, 'table "jobs"'],
  ['NoSuchBucket', { Bucket: 'objects', Key: 'a' }, 'bucket "objects"'],
  ['QueueDoesNotExist', { QueueName: 'q.fifo' }, 'queue "q.fifo"'],
  ['QueueDoesNotExist', { QueueUrl: 'http://127.0.0.1:1/000000000000/q.fifo' }, 'queue "q.fifo"'],
  ['AWS.SimpleQueueService.NonExistentQueue', { QueueUrl: 'http://h/1/q.fifo' }, 'queue "q.fifo"'],
])('%s for %j names the missing resource in its text', async (name, input, what) => {
  const error = refusal(name);
  expect(isMissing(error)).toBe(true);
  expect(await thrown(input, error)).toBe(error);
  expect(error).toMatchObject({ name, message: text(what) });
});

test('errors other than a missing resource keep their text', async () => {
  const error = refusal('NoSuchKey', { message: 'no key' });
  expect(isMissing(error)).toBe(false);
  expect(await thrown({ Bucket: 'b' }, error)).toBe(error);
  expect(error.message).toBe('no key');
  const odd = { name: 'NoSuchBucket' };
  expect(await thrown({ Bucket: 'b' }, odd)).toBe(odd);
  expect(odd).toEqual({ name: 'NoSuchBucket' });
});
