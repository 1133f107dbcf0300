// Checks the rules on both templates, deployed with each of several choices of parameters.
import { deploy, type Parameters, type StackName, type Template } from '../support/template.ts';
import { ALARM_RULES } from './rules/alarms.ts';
import { CONTAINER_RULES } from './rules/containers.ts';
import { dashboard } from './rules/dashboard.ts';
import { DATA_RULES } from './rules/data.ts';
import { NETWORK_RULES } from './rules/network.ts';
import { ROLE_RULES } from './rules/roles.ts';
import type { Rule } from './rules/rule.ts';
import { SCALING_RULES } from './rules/scaling.ts';
import { SCHEDULE_RULES } from './rules/schedule.ts';
import { SERVICE_RULES } from './rules/service.ts';
import { TEMPLATE_RULE, templateProblems } from './rules/template-text.ts';

const RULES: readonly Rule[] = [
  ...DATA_RULES,
  ...CONTAINER_RULES,
  ...SERVICE_RULES,
  ...NETWORK_RULES,
  ...ROLE_RULES,
  ...ALARM_RULES,
  dashboard,
  ...SCALING_RULES,
  ...SCHEDULE_RULES,
];

export const RULE_NAMES: readonly string[] = [TEMPLATE_RULE, ...RULES.map(({ name }) => name)];

export type Templates = Readonly<Record<StackName, Template>>;

const KEY = 'arn:aws:kms:REGION:ACCOUNT:key/KEY';
const TOPIC = 'arn:aws:sns:REGION:ACCOUNT:alarms';
const OWN_VPC: Parameters = { Network: 'own', VpcId: 'vpc-1', SubnetIds: 'subnet-1,subnet-2' };

interface Choice {
  readonly name: string;
  readonly data?: Parameters;
  readonly services?: Parameters;
}

/** Together they make each condition of the templates true and false. */
const CHOICES: readonly Choice[] = [
  { name: 'defaults' },
  { name: 'no minimum of consumers', services: { MinConsumers: '0', Network: 'public' } },
  { name: 'nat', services: { Network: 'nat' } },
  { name: 'endpoints', services: { Network: 'endpoints', Architecture: 'X86_64' } },
  { name: 'own VPC', services: OWN_VPC },
  { name: 'own key and topic', data: { KmsKeyArn: KEY }, services: { KmsKeyArn: KEY, AlarmTopicArn: TOPIC } },
  { name: 'kept for thirty days', data: { RetentionDays: '30' }, services: { RetentionDays: '30' } },
];

/**
 * Returns the problems that the rule of this name finds. An error counts as one: a rule cannot read the template, or the
 * template cannot be deployed.
 */
export function findingsOf(rule: string, templates: Templates): string[] {
  if (rule === TEMPLATE_RULE)
    return [...Object.values(templates).flatMap(templateProblems), ...deployErrors(templates)];
  const { check } = RULES.find(({ name }) => name === rule) ?? {};
  if (check === undefined) throw new Error(`there is no rule “${rule}”`);
  return findingsWith(templates, check);
}

/** Why the templates cannot be deployed with one of the choices; empty if they can. */
export const deployErrors = (templates: Templates): string[] => findingsWith(templates, () => []);

/** What a check finds with any of the choices, each sentence once. */
function findingsWith(templates: Templates, check: Rule['check']): string[] {
  const findings = CHOICES.flatMap(({ data, services }) =>
    attempt(() =>
      check({
        data: deploy(templates.data, data),
        services: deploy(templates.services, { Image: 'image', ...services }),
      }),
    ),
  );
  return [...new Set(findings)];
}

function attempt(work: () => string[]): string[] {
  try {
    return work();
  } catch (error) {
    return [Error.isError(error) ? error.message : String(error)];
  }
}
