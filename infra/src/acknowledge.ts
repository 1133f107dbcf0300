// Findings of AWS's validator that are not mistakes, each with its reason.
import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The validator checks a parameter by its default, even if a condition prevents its use. */
export const EMPTY_ONLY_WHERE_UNUSED = 'The parameter is empty only where the condition chooses the other value.';

/** `rule` is the validator's id without its prefix, e.g. `F3017`. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `CloudFormation-Validate::${rule}`, reason });
}
