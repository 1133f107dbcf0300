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

/** After how many days what is stored is removed, or never. */
export interface RetentionParameter {
  readonly days: string;
  ifGiven(value: unknown): IResolvable;
}

export function addRetentionParameter(stack: Stack): RetentionParameter {
  const parameter = new CfnParameter(stack, 'RetentionDays', {
    type: 'String',
    default: '',
    allowedPattern: '(1[5-9]|[2-9][0-9]|[1-9][0-9]{2,3})?',
    description: 'After how many days, at least 15, DynamoDB and S3 remove what is stored. Empty: never.',
  });
  const isGiven = new CfnCondition(stack, 'HasRetention', {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
  });
  return {
    days: parameter.valueAsString,
    ifGiven: (value) => Fn.conditionIf(isGiven.logicalId, value, Aws.NO_VALUE),
  };
}
