// IAM roles whose policies are the files of docs/iam.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ResourceDefinitions } from '@movie-load/aws';
import { Aws, type CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { ACCOUNT, PARTITION, policyDocument, REGION, substituteAll } from './placeholders.ts';

/** Each role has its policy in docs/iam, e.g. docs/iam/producer.json. */
export type RoleName = 'producer' | 'consumer' | 'watcher' | 'console' | 'operator' | 'deployer';

/** Roles of ECS tasks. People assume the others. */
const TASK_ROLES: ReadonlySet<RoleName> = new Set(['producer', 'consumer', 'watcher']);
/** Roles that need no permission for the KMS key: they create queues, table and bucket, but use none of the data. */
const WITHOUT_KEY: ReadonlySet<RoleName> = new Set(['deployer']);
/** Roles that write no encrypted data: they may only decrypt with the KMS key. */
const DECRYPT_ONLY: ReadonlySet<RoleName> = new Set(['watcher']);

const POLICY_FOLDER = resolve(import.meta.dirname, '../../docs/iam');

export interface RoleOptions {
  readonly definitions: ResourceDefinitions;
  /** True if `keyArn` is given. */
  readonly hasKey: CfnCondition;
  /** The ARN of the customer managed KMS key that encrypts queues, table and bucket. */
  readonly keyArn: string;
}

/** Adds the role with the logical id `ConsumerRole`, `ProducerRole` and so on. */
export function addRole(stack: Stack, name: RoleName, { definitions, hasKey, keyArn }: RoleOptions): CfnRole {
  const policies = [{ policyName: name, policyDocument: readPolicy(name, definitions) }];
  // PascalCase, because the CDK does not convert property names inside of a condition.
  const keyPolicy = {
    PolicyName: 'customer-managed-key',
    PolicyDocument: keyPolicyDocument(definitions, keyArn, DECRYPT_ONLY.has(name)),
  };
  return new CfnRole(stack, `${capitalized(name)}Role`, {
    description: `movie-load ${name}: docs/iam/${name}.json`,
    assumeRolePolicyDocument: TASK_ROLES.has(name) ? serviceTrust('ecs-tasks') : accountTrust(),
    policies: WITHOUT_KEY.has(name)
      ? policies
      : [...policies, Fn.conditionIf(hasKey.logicalId, keyPolicy, Aws.NO_VALUE)],
  });
}

/**
 * The trust policy by which an AWS service may assume the role for resources of this account: ECS for its tasks,
 * EventBridge Scheduler for its schedules.
 */
export const serviceTrust = (service: 'ecs-tasks' | 'scheduler') =>
  trust({ Service: `${service}.amazonaws.com` }, { Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } });

/** The trust policy by which principals of this account may assume the role if their own policies allow it. */
const accountTrust = () => trust({ AWS: `arn:${PARTITION}:iam::${ACCOUNT}:root` });

const trust = (Principal: object, condition: { readonly Condition?: object } = {}) =>
  substituteAll(policyDocument({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...condition }));

/** The policy document docs/iam/<name>.json for this deployment. */
const readPolicy = (name: string, definitions: ResourceDefinitions): unknown =>
  substituteAll(readPolicyFile(name, definitions));

/** The policy document for the KMS key: docs/iam/customer-managed-key.json, with the key's ARN as its resource. */
function keyPolicyDocument(definitions: ResourceDefinitions, keyArn: string, isDecryptOnly: boolean): unknown {
  const { Version, Statement } = readPolicy('customer-managed-key', definitions) as PolicyFile;
  const overrides = { Resource: keyArn, ...(isDecryptOnly ? { Action: 'kms:Decrypt' } : {}) };
  return { Version, Statement: Statement.map((statement) => ({ ...statement, ...overrides })) };
}

interface PolicyFile {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** The file with the names of this deployment, and with placeholders for account, region and partition. */
function readPolicyFile(name: string, { queue, dlq, table, bucket }: ResourceDefinitions): unknown {
  const source = readFileSync(join(POLICY_FOLDER, `${name}.json`), 'utf8');
  return JSON.parse(
    source
      .replaceAll(/\bmovie-bucket-ACCOUNT-REGION\b/g, bucket.name)
      .replaceAll(/\bmovie-load\.fifo\b/g, queue.name)
      .replaceAll(/\bmovie-load-dlq\.fifo\b/g, dlq.name)
      .replaceAll(/\bmovie-job-information\b/g, table.TableName)
      .replaceAll(/\bREGION\b/g, () => REGION)
      .replaceAll(/\bACCOUNT\b/g, () => ACCOUNT)
      .replaceAll('arn:aws:', () => `arn:${PARTITION}:`),
  );
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
