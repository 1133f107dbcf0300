// Optional CloudFormation parameters, and the two that both stacks have.
import { Aws, CfnCondition, CfnParameter, Fn, type IResolvable, type Stack } from 'aws-cdk-lib';

/** An optional string parameter, which counts as given if it is not empty. */
export interface OptionalParameter {
  readonly value: string;
  readonly isGiven: CfnCondition;
  choose(ifGiven: unknown, otherwise: unknown): IResolvable;
  /** The value if the parameter is given, otherwise `AWS::NoValue`, which removes the property. */
  ifGiven(value: unknown): IResolvable;
  /** The value if the parameter is not given, otherwise `AWS::NoValue`. */
  unlessGiven(value: unknown): IResolvable;
}

interface OptionalParameterOptions {
  /** The id of the condition that is true if the parameter is given. */
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
  const choose = (whenGiven: unknown, otherwise: unknown) => Fn.conditionIf(isGiven.logicalId, whenGiven, otherwise);
  return {
    value,
    isGiven,
    choose,
    ifGiven: (given) => choose(given, Aws.NO_VALUE),
    unlessGiven: (otherwise) => choose(Aws.NO_VALUE, otherwise),
  };
}

/** The optional ARN of a customer managed KMS key. */
export const addKeyParameter = (stack: Stack): OptionalParameter =>
  addOptionalParameter(stack, 'KmsKeyArn', {
    condition: 'HasKey',
    allowedPattern: '(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+)?',
    description: 'ARN of your own KMS key for queues, table and bucket. Empty: keys that AWS owns, which cost nothing.',
  });

/** The optional number of days after which stored data is removed. */
export const addRetentionParameter = (stack: Stack): OptionalParameter =>
  addOptionalParameter(stack, 'RetentionDays', {
    condition: 'HasRetention',
    allowedPattern: '(1[5-9]|[2-9][0-9]|[1-9][0-9]{2,3})?',
    description: 'Days, at least 15, after which DynamoDB and S3 remove stored data. Empty: never.',
  });
