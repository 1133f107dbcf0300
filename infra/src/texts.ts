// Texts that CloudFormation fills in: `${AWS::Region}` and its like.
import { Fn } from 'aws-cdk-lib';

export const ACCOUNT = `\${AWS::AccountId}`;
export const REGION = `\${AWS::Region}`;
export const PARTITION = `\${AWS::Partition}`;

/** A policy of IAM or of a resource. */
export const policyDocument = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

/** A text for a template: with placeholders it becomes `Fn::Sub`. */
export const text = (value: string): string => (value.includes('${') ? Fn.sub(value) : value);

/** The same for every text in a value of JSON. */
export function texts(value: unknown): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, texts(one)]));
}
