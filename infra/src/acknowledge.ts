// Suppresses findings of CloudFormation Validate that are not mistakes, each with its reason. The CDK runs it at synth:
// https://github.com/aws-cloudformation/cloudformation-validate
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The reason for findings about an empty default: CloudFormation Validate ignores that a condition prevents its use.
 */
export const REASON_EMPTY_DEFAULT_UNUSED = 'The parameter is empty only where the condition chooses the other value.';

/**
 * Suppresses one rule, in the whole app: the CDK records the reason at the construct, but does not limit the rule to it.
 * `rule` is the id without `CloudFormation-Validate::`, e.g. `F3017`.
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `CloudFormation-Validate::${rule}`, reason });
}
