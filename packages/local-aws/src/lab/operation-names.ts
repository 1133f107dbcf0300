// The operations of the three services by name, for rules that name them.

import { DYNAMODB_OPERATIONS } from '../dynamodb/engine.ts';
import { S3_OPERATIONS } from '../s3/engine.ts';
import { SQS_OPERATIONS } from '../sqs/engine.ts';

const ALL: readonly string[] = [
  ...SQS_OPERATIONS.map((name) => `sqs:${name}`),
  ...DYNAMODB_OPERATIONS.map((name) => `dynamodb:${name}`),
  ...S3_OPERATIONS.map((name) => `s3:${name}`),
];

/** A call of SQS, DynamoDB or S3: not of STS or of the embedded AWS's own endpoints. */
export const isServiceOperation = (operation: string): boolean => /^(?:sqs|dynamodb|s3):/.test(operation);

/** The operations that a name or a pattern (`sqs:Send*`, `*`) matches. */
export function operationsLike(pattern: string): readonly string[] {
  if (!pattern.endsWith('*')) return ALL.filter((name) => name === pattern);
  const start = pattern.slice(0, -1);
  return ALL.filter((name) => name.startsWith(start));
}

const SQS_BATCH = /^sqs:\w+Batch$/;
const DYNAMODB_BATCH = /^dynamodb:Batch(?:Write|Get)Item$/;

/** Whether an operation has batches that can fail in part. */
export const isBatchOperation = (operation: string, service: 'sqs' | 'dynamodb'): boolean =>
  (service === 'sqs' ? SQS_BATCH : DYNAMODB_BATCH).test(operation);

/**
 * The likely meaning of a misspelt name: the same word in another case, without its service, or with a wrong letter.
 */
export function nearestOperation(name: string): string | undefined {
  const wanted = name.toLowerCase();
  const own = (one: string): string => one.slice(one.indexOf(':') + 1).toLowerCase();
  return (
    ALL.find((one) => one.toLowerCase() === wanted) ??
    ALL.find((one) => own(one) === own(wanted)) ??
    ALL.find((one) => isOneLetterAway(own(one), own(wanted)))
  );
}

/** One letter too many, too few, or wrong. */
function isOneLetterAway(a: string, b: string): boolean {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
