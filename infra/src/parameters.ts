// Parameters that both stacks have.
import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable, type Stack } from 'aws-cdk-lib';

/** An optional text parameter. */
export interface OptionalParameter {
  readonly value: string;
  readonly isGiven: CfnCondition;
  choose(ifGiven: unknown, otherwise: unknown): IResolvable;
  ifGiven(value: unknown): IResolvable;
  unlessGiven(value: unknown): IResolvable;
}

interface OptionalParameterOptions {
  /** The id of the condition that is true when it is given. */
  readonly condition: string;
  readonly allowedPattern?: string;
  readonly description: string;
}

export function addOptionalParameter(
  stack: Stack,
  id: string,
  { condition, ...options }: OptionalParameterOptions,
): OptionalParameter {
  const { valueAsString: value } = new CfnParameter(stack, id, { type: 'String', default: '', ...options });
  const isGiven = new CfnCondition(stack, condition, { expression: Fn.conditionNot(Fn.conditionEquals(value, '')) });
  const choose = (one: unknown, other: unknown) => Fn.conditionIf(isGiven.logicalId, one, other);
  return {
    value,
    isGiven,
    choose,
    ifGiven: (one) => choose(one, Aws.NO_VALUE),
    unlessGiven: (one) => choose(Aws.NO_VALUE, one),
  };
}

/** The ARN of a KMS key of the customer; optional. */
export const addKeyParameter = (stack: Stack): OptionalParameter =>
  addOptionalParameter(stack, 'KmsKeyArn', {
    condition: 'HasKey',
    allowedPattern: '(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+)?',
    description: 'ARN of your own KMS key for queues, table and bucket. Empty: keys that AWS owns, which cost nothing.',
  });

/** The days after which stored data is removed; optional. */
export const addRetentionParameter = (stack: Stack): OptionalParameter =>
  addOptionalParameter(stack, 'RetentionDays', {
    condition: 'HasRetention',
    allowedPattern: '(1[5-9]|[2-9][0-9]|[1-9][0-9]{2,3})?',
    description: 'After how many days, at least 15, DynamoDB and S3 remove what is stored. Empty: never.',
  });
