// Parameters that both stacks have.
import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable, type Stack } from 'aws-cdk-lib';

/** A KMS key of the customer, or none. */
export interface KeyParameter {
  readonly arn: string;
  readonly isGiven: CfnCondition;
  choose(ifGiven: unknown, otherwise: unknown): IResolvable;
  ifGiven(value: unknown): IResolvable;
  unlessGiven(value: unknown): IResolvable;
}

export function addKeyParameter(stack: Stack): KeyParameter {
  const parameter = new CfnParameter(stack, 'KmsKeyArn', {
    type: 'String',
    default: '',
    allowedPattern: '(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+)?',
    description: 'ARN of your own KMS key for queues, table and bucket. Empty: keys that AWS owns, which cost nothing.',
  });
  const isGiven = new CfnCondition(stack, 'HasKey', {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
  });
  const choose = (one: unknown, other: unknown) => Fn.conditionIf(isGiven.logicalId, one, other);
  return {
    arn: parameter.valueAsString,
    isGiven,
    choose,
    ifGiven: (value) => choose(value, Aws.NO_VALUE),
    unlessGiven: (value) => choose(Aws.NO_VALUE, value),
  };
}
