// The template of queues, table and bucket, deployed by LocalStack's CloudFormation: afterwards `provision()` finds
// nothing to create.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AwsSettings, provision } from '@movie-load/aws';
import { eventually } from '@movie-load/testing';
import { needs } from '../support/needs.ts';
import { readText } from '../support/repository.ts';
import { readTemplate } from '../support/template.ts';
import { type Localstack, startLocalstack } from './support/localstack.ts';

const ACCOUNT = '000000000000';
/** LocalStack 4.14 accepts this property and does not apply it. On AWS the template sets it. */
const NOT_APPLIED = ['lifecycle'];

needs('docker')('the data stack on LocalStack', () => {
  let localstack: Localstack;
  let settings: AwsSettings;
  beforeAll(async () => {
    localstack = await startLocalstack({
      env: {
        SERVICES: 'cloudformation,sqs,dynamodb,s3,iam,sts',
        // A type that it does not know is an error, not something to leave out. The newer engine asks the internet for
        // the list of types.
        CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '0',
        PROVIDER_OVERRIDE_CLOUDFORMATION: 'engine-legacy',
      },
    });
    const bucket = `movie-bucket-${ACCOUNT}-${localstack.settings.region}`;
    settings = { ...localstack.settings, bucket };
  });
  afterAll(() => localstack?.stop());

  /** A call by AWS's Query protocol; the answer is XML. */
  async function cloudformation(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const scope = `test/20260101/${settings.region}/cloudformation/aws4_request`;
    const answer = await fetch(localstack.endpoint, {
      method: 'POST',
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
      body: new URLSearchParams({ Action: action, Version: '2010-05-15', ...parameters }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${action}: ${text}`);
    return text;
  }

  /** Creates the stack, and returns its final status. */
  async function deploy(StackName: string, TemplateBody: string): Promise<string> {
    await cloudformation('CreateStack', { StackName, TemplateBody, 'Capabilities.member.1': 'CAPABILITY_IAM' });
    return await eventually(`${StackName} has a final status`, async () => {
      const [, status = ''] = /<StackStatus>(\w+)</.exec(await cloudformation('DescribeStacks', { StackName })) ?? [];
      return status.endsWith('IN_PROGRESS') ? undefined : status;
    });
  }

  test('is deployed with every resource', async () => {
    const StackName = 'movie-load-data';
    expect(await deploy(StackName, readText('infra/templates/data.json'))).toBe('CREATE_COMPLETE');
    const answer = await cloudformation('DescribeStackResources', { StackName });
    const createdIds = [...answer.matchAll(/<LogicalResourceId>(\w+)</g)].map(([, id = '']) => id);
    expect(createdIds.sort()).toEqual(Object.keys(readTemplate('data').Resources).sort());
  });

  test('needs nothing from provision() but the settings that LocalStack does not apply', async () => {
    const { created, changed } = await provision(localstack.clients, settings);
    expect(created).toEqual([]);
    expect([...changed].sort()).toEqual(NOT_APPLIED.map((property) => `${settings.bucket} ${property}`));
    expect(await provision(localstack.clients, settings)).toEqual({ created: [], changed: [] });
  });

  test('is refused if it has a resource type that LocalStack does not know', async () => {
    const Resources = { Cluster: { Type: 'AWS::ECS::Cluster', Properties: {} } };
    expect(await deploy('unknown', JSON.stringify({ Resources }))).not.toBe('CREATE_COMPLETE');
  });
});
