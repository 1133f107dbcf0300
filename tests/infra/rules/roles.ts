// Rules of the roles: the policies are those of docs/iam, for the right principals, and nothing else is allowed.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { policySchema, type Role, roleId, stackOf } from '../../support/iam.ts';
import { readText } from '../../support/repository.ts';
import type { Deployment, Json } from '../../support/template.ts';
import { tasksOf } from './containers.ts';
import { ofType, policyDocument, type Rule, text, unless } from './rule.ts';

export const roleSchema = z.looseObject({
  AssumeRolePolicyDocument: policyDocument,
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument: policyDocument })),
});

const ROLES: readonly Role[] = ['producer', 'consumer', 'watcher', 'console', 'operator', 'deployer'];

const readPolicy = (name: string) => policySchema.parse(JSON.parse(readText(`docs/iam/${name}.json`)));
const POLICIES = new Map(ROLES.map((role) => [role, readPolicy(role).Statement]));
const KEY_STATEMENTS = readPolicy('customer-managed-key').Statement;

const rolesOf = (deployment: Deployment) => ofType(deployment, 'AWS::IAM::Role', roleSchema);
const policies: Rule = {
  name: 'the policies of the roles are the files of docs/iam',
  check: (stacks) =>
    ROLES.flatMap((role) => {
      const deployment = stacks[stackOf(role)];
      const templateRole = rolesOf(deployment).find(({ id }) => id === roleId(role));
      if (templateRole === undefined) return [`there is no role ${roleId(role)}`];
      const key = deployment.parameters.KmsKeyArn ?? '';
      // The watcher writes nothing.
      const decrypts = role === 'watcher' ? { Action: ['kms:Decrypt'] } : {};
      const keyStatements = KEY_STATEMENTS.map((statement) => ({ ...statement, ...decrypts, Resource: [key] }));
      const expected = [
        { PolicyName: role, Statement: POLICIES.get(role) },
        ...(key === '' || role === 'deployer'
          ? []
          : [{ PolicyName: 'customer-managed-key', Statement: keyStatements }]),
      ];
      const actual = templateRole.properties.Policies.map(({ PolicyName, PolicyDocument: { Statement } }) => ({
        PolicyName,
        Statement,
      }));
      return unless(isDeepStrictEqual(actual, expected), `${roleId(role)} is not docs/iam/${role}.json`);
    }),
};

const TASKS: Json = { Service: 'ecs-tasks.amazonaws.com' };
const SCHEDULES: Json = { Service: 'scheduler.amazonaws.com' };
const PEOPLE: Json = { AWS: 'arn:aws:iam::ACCOUNT:root' };

const trust: Rule = {
  name: 'only tasks, the schedule and people of this account can assume a role',
  check: ({ data, services }) => [
    ...rolesOf(services).flatMap(({ id, properties: { AssumeRolePolicyDocument: document } }) => {
      const [statement, ...others] = document.Statement;
      const isOwn = isDeepStrictEqual(statement?.Condition, { StringEquals: { 'aws:SourceAccount': 'ACCOUNT' } });
      const expectedPrincipal = id === 'ScheduleRole' ? SCHEDULES : TASKS;
      return unless(
        isDeepStrictEqual(statement?.Principal, expectedPrincipal) && isOwn && others.length === 0,
        `${id}: not for ${text(expectedPrincipal)} alone`,
      );
    }),
    ...rolesOf(data).flatMap(({ id, properties: { AssumeRolePolicyDocument: document } }) => {
      const [statement, ...others] = document.Statement;
      return unless(
        isDeepStrictEqual(statement?.Principal, PEOPLE) && others.length === 0,
        `${id}: not for people of this account`,
      );
    }),
  ],
};

/** Actions that have no resource to name. */
const WITHOUT_RESOURCE = new Set(['dynamodb:ListTables', 's3:ListAllMyBuckets', 'ecr:GetAuthorizationToken']);

const leastPrivilege: Rule = {
  name: 'a role has no permission on all resources and no policy managed by AWS',
  check: ({ data, services }) =>
    [...rolesOf(data), ...rolesOf(services)].flatMap(({ id, properties }) => {
      const wide = properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(
        ({ Action, Resource }) =>
          Action.some((action) => action.includes('*')) ||
          (Resource.some((resource) => resource === '*' || /^arn:aws:\w+:\*/.test(resource)) &&
            !Action.every((action) => WITHOUT_RESOURCE.has(action))),
      );
      return [
        ...wide.map(({ Action, Resource }) => `${id} allows ${Action.join(', ')} on ${Resource.join(', ')}`),
        ...properties.ManagedPolicyArns.map((arn) => `${id} has ${arn}`),
      ];
    }),
};

const taskRoles: Rule = {
  name: 'each task has its own task role, and another role as its execution role',
  check: ({ services }) =>
    tasksOf(services).flatMap(({ id, task, container }) => [
      ...unless(task.TaskRoleArn === `${roleId(container.Name as Role)}.Arn`, `${id}: its role is ${task.TaskRoleArn}`),
      ...unless(task.ExecutionRoleArn === 'ExecutionRole.Arn', `${id}: it is started with ${task.ExecutionRoleArn}`),
    ]),
};

export const ROLE_RULES: readonly Rule[] = [policies, trust, leastPrivilege, taskRoles];
