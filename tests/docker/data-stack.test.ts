// The template of queues, table and bucket, deployed by LocalStack's CloudFormation: afterwards `provision()` finds nothing to make.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AwsSettings, provision } from '@movie-load/aws';
import { needs } from '../support/needs.ts';
import { type Localstack, startLocalstack, TEMPLATES } from './support/localstack.ts';

const ACCOUNT = '000000000000';
/** LocalStack 4.14 takes these properties and does not apply them. On AWS the template sets them. */
const NOT_APPLIED = ['lifecycle', 'public access block'];

needs('docker')('the data stack on LocalStack', () => {
  let localstack: Localstack;
  let settings: AwsSettings;
  beforeAll(async () => {
    localstack = await startLocalstack({
      templates: TEMPLATES,
      env: {
        SERVICES: 'cloudformation,sqs,dynamodb,s3,iam,sts',
        // A type that it does not know is an error, not something to leave out.
        CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '0',
      },
    });
    const bucket = `movie-bucket-${ACCOUNT}-${localstack.settings.region}`;
    settings = { ...localstack.settings, bucket };
  }, 240_000);
  afterAll(() => localstack?.stop(), 60_000);

  const cloudformation = (...args: string[]) => localstack.exec(['awslocal', 'cloudformation', ...args]);

  test('is deployed whole by `aws cloudformation deploy`', async () => {
    const deployed = await cloudformation(
      ...['deploy', '--stack-name', 'movie-load-data', '--template-file', `${TEMPLATES.target}/data.json`],
      ...['--capabilities', 'CAPABILITY_IAM'],
    );
    expect(deployed).toMatchObject({ exitCode: 0 });
    const { output } = await cloudformation(
      'describe-stack-resources',
      '--stack-name',
      'movie-load-data',
      '--output',
      'text',
    );
    expect(output).not.toMatch(/FAILED|IN_PROGRESS/);
    for (const id of ['Queue', 'DeadLetterQueue', 'Table', 'Bucket', 'OperatorRole']) {
      expect(output).toMatch(new RegExp(`\\b${id}\\b.*CREATE_COMPLETE`));
    }
  }, 120_000);

  test('then provision() makes nothing, and changes only what LocalStack does not apply', async () => {
    const { created, changed } = await provision(localstack.clients, settings);
    expect(created).toEqual([]);
    expect([...changed].sort()).toEqual(NOT_APPLIED.map((what) => `${settings.bucket} ${what}`));
    expect(await provision(localstack.clients, settings)).toEqual({ created: [], changed: [] });
  });
});
