// Roles whose policies are the files of docs/iam.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ResourceDefinitions } from '@movie-load/aws';
import { Aws, type CfnCondition, Fn, type Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { ACCOUNT, PARTITION, policyDocument, REGION, texts } from './texts.ts';

/** Each has a file in docs/iam. */
export type RoleName = 'producer' | 'consumer' | 'watcher' | 'console' | 'operator' | 'deployer';

/** Roles of tasks; the others are for people. */
const TASK_ROLES: ReadonlySet<RoleName> = new Set(['producer', 'consumer', 'watcher']);
/** Roles that create queues, table and bucket, and do not read or write their data. */
const WITHOUT_KEY: ReadonlySet<RoleName> = new Set(['deployer']);
/** Roles that write no encrypted data, so they only decrypt with the key. */
const READERS: ReadonlySet<RoleName> = new Set(['watcher']);

const FOLDER = resolve(import.meta.dirname, '../../docs/iam');

export interface RoleOptions {
  readonly definitions: ResourceDefinitions;
  readonly hasKey: CfnCondition;
  readonly keyArn: string;
}

/** `ConsumerRole` and so on. */
export function addRole(stack: Stack, name: RoleName, { definitions, hasKey, keyArn }: RoleOptions): CfnRole {
  const policies = [{ policyName: name, policyDocument: policyOf(name, definitions) }];
  // Names in a condition are CloudFormation's, because the CDK does not convert them.
  const ofKey = {
    PolicyName: 'customer-managed-key',
    PolicyDocument: policyOfKey(definitions, keyArn, READERS.has(name)),
  };
  return new CfnRole(stack, `${capitalized(name)}Role`, {
    description: `movie-load ${name}: docs/iam/${name}.json`,
    assumeRolePolicyDocument: TASK_ROLES.has(name) ? serviceTrust('ecs-tasks') : peopleTrust(),
    policies: WITHOUT_KEY.has(name) ? policies : [...policies, Fn.conditionIf(hasKey.logicalId, ofKey, Aws.NO_VALUE)],
  });
}

/**
 * A service of AWS may use the role for resources of this account: `ecs-tasks` for tasks, `scheduler` for schedules.
 */
export const serviceTrust = (service: 'ecs-tasks' | 'scheduler') =>
  trust({ Service: `${service}.amazonaws.com` }, { Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } });

/** Principals of this account whose own policies allow `sts:AssumeRole` on the role. */
const peopleTrust = () => trust({ AWS: `arn:${PARTITION}:iam::${ACCOUNT}:root` });

const trust = (Principal: object, more: object = {}) =>
  texts(policyDocument({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more }));

const policyOf = (name: string, definitions: ResourceDefinitions): unknown => texts(filledIn(name, definitions));

/** The key's policy names one key by its ARN. */
function policyOfKey(definitions: ResourceDefinitions, keyArn: string, isReader: boolean): unknown {
  const { Version, Statement } = texts(filledIn('customer-managed-key', definitions)) as PolicyFile;
  const ofKey = { Resource: keyArn, ...(isReader ? { Action: 'kms:Decrypt' } : {}) };
  return { Version, Statement: Statement.map((statement) => ({ ...statement, ...ofKey })) };
}

interface PolicyFile {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The file with the names of this deployment, and with CloudFormation's placeholders for account, region and
 * partition.
 */
function filledIn(name: string, { queue, dlq, table, bucket }: ResourceDefinitions): unknown {
  const source = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
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
