// A `setup` that AWS refuses half-way prints what it created and what was refused. The next run continues from there.
import { expect, test } from '@jest/globals';
import { startLocalAws } from '@movie-load/local-aws';
import { cli } from '../support/cli.ts';

const REFUSED = { status: 403, code: 'AccessDenied', message: 'not authorized to perform this operation' } as const;

test.each([
  ['sqs:CreateQueue', 'movie-load.fifo'],
  ['dynamodb:CreateTable', 'movie-job-information'],
  ['s3:PutBucketLifecycleConfiguration', undefined],
])('setup whose %s is refused reports what it created, and continues from there', async (refused, missing) => {
  let isRefused = true;
  const aws = await startLocalAws({
    faults: { before: (operation) => (isRefused && operation === refused ? REFUSED : undefined) },
  });
  try {
    const env = { AWS_ENDPOINT_URL: aws.endpoint };
    const first = await cli(['setup'], { env });
    expect(first.code).toBe(1);
    // The bucket is created first, because only this shows whether its name is free.
    expect(first.stdout).toMatch(/^created {2}movie-bucket$/m);
    if (missing !== undefined) expect(first.stdout).not.toContain(missing);
    expect(first.stderr).toMatch(/^movie-load: setup is not complete: .* made\..*run it again/m);
    expect(first.stderr).toMatch(/^movie-load: .*refused: AccessDenied/m);

    isRefused = false;
    const second = await cli(['setup'], { env });
    expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: '' });
    if (missing !== undefined) expect(second.stdout).toContain(`created  ${missing}`);
    expect(await cli(['setup'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^All resources exist/),
    });
  } finally {
    await aws.close();
  }
});
