// The oracle notices a consumer that fills the ledger of a part and deletes its messages without writing the part.
import { expect, test } from '@jest/globals';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { groupKey, JOB_PART, jobPlanSchema, LEDGER_PART } from '@movie-load/schema';
import { expectedJob } from '../src/oracle/expected.ts';
import { Stored } from '../src/oracle/stored.ts';
import type { Item } from '../src/services/dynamodb.ts';

const MIN_PART_MOVIES = 3;
const CONSUMER = 'consumer-1.1';
const UPLOAD = 'upload-1';

/** A job with two message groups, each of which is a part of the object. */
const job = expectedJob(
  jobPlanSchema.parse({
    version: 2,
    nonce: 'job-0',
    movies: 6,
    movies_per_message: 1,
    group_size: 3,
    fan_out: 2,
    seed: 7,
    generator: GENERATOR_VERSION,
  }),
  MIN_PART_MOVIES,
);

test.each([
  ['in one receive', ['0', '1', '2']],
  ['in several receives', ['2']],
])('a consumer that counts the last message of a part, %s, may not delete it without the part', (_, added) => {
  const broken: string[] = [];
  const items = new Map<string, Item>([
    [`${job.job_id} ${JOB_PART}`, { status: { S: 'RUNNING' }, upload_id: { S: UPLOAD } }],
    [`${groupKey(job.job_id, 1)} ${LEDGER_PART}`, { stored: { NS: ['0', '1', '2'] } }],
  ]);
  const uploadedParts = new Set([1]);
  const stored = new Stored({
    jobs: [job],
    violate: (invariant) => void broken.push(invariant),
    count: () => {},
    item: (hash, part) => items.get(`${hash} ${part}`),
    object: () => undefined,
    uploadedParts: () => uploadedParts,
    now: () => 0,
  });
  // By writing the first part, the consumer learns the upload.
  stored.callTookEffect({
    caller: CONSUMER,
    operation: 'UploadPart',
    input: { Key: job.objectKey, UploadId: UPLOAD, PartNumber: 1, Body: job.parts[0] },
  });
  stored.callTookEffect({
    caller: CONSUMER,
    operation: 'UpdateItem',
    input: {
      Key: { job_id: { S: groupKey(job.job_id, 1) }, part: { S: LEDGER_PART } },
      UpdateExpression: 'ADD #stored :numbers',
      ExpressionAttributeValues: { ':numbers': { NS: added } },
    },
  });
  expect(broken).toEqual([]);
  stored.uploads.messageDeleted(job, 1, 2, CONSUMER);
  expect(broken).toEqual(['who finds a part missing writes it']);
  uploadedParts.add(2);
  stored.uploads.messageDeleted(job, 1, 2, CONSUMER);
  expect(broken).toHaveLength(1);
});
