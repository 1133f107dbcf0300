// Strings with placeholders that CloudFormation replaces when it deploys a template, such as `${AWS::Region}`.
import { Fn } from 'aws-cdk-lib';

export const ACCOUNT = `\${AWS::AccountId}`;
export const REGION = `\${AWS::Region}`;
export const PARTITION = `\${AWS::Partition}`;

/** An IAM policy document: of a role, or of a queue or bucket. */
export const policyDocument = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

/** The string as a template needs it: in `Fn::Sub` if it contains a placeholder, unchanged otherwise. */
export const substitute = (value: string): string => (value.includes('${') ? Fn.sub(value) : value);

/** Applies `substitute` to every string in a JSON value. */
export function substituteAll(value: unknown): unknown {
  if (typeof value === 'string') return substitute(value);
  if (Array.isArray(value)) return value.map(substituteAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, substituteAll(member)]));
}
