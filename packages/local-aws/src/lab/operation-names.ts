// The names of all operations of SQS, DynamoDB and S3, for fault rules.

import { DYNAMODB_OPERATIONS } from '../dynamodb/engine.ts';
import { S3_OPERATIONS } from '../s3/engine.ts';
import { SQS_OPERATIONS } from '../sqs/engine.ts';

const ALL_OPERATIONS: readonly string[] = [
  ...SQS_OPERATIONS.map((name) => `sqs:${name}`),
  ...DYNAMODB_OPERATIONS.map((name) => `dynamodb:${name}`),
  ...S3_OPERATIONS.map((name) => `s3:${name}`),
];

/** A call of SQS, DynamoDB or S3: not of STS or of the embedded AWS's own endpoints. */
export const isServiceOperation = (operation: string): boolean => /^(?:sqs|dynamodb|s3):/.test(operation);

/** The operations that a name or a pattern (`sqs:Send*`, `*`) matches. */
export function operationsMatching(pattern: string): readonly string[] {
  if (!pattern.endsWith('*')) return ALL_OPERATIONS.filter((name) => name === pattern);
  const start = pattern.slice(0, -1);
  return ALL_OPERATIONS.filter((name) => name.startsWith(start));
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
  const lowerCaseName = name.toLowerCase();
  const shortName = (operation: string): string => operation.slice(operation.indexOf(':') + 1).toLowerCase();
  return (
    ALL_OPERATIONS.find((one) => one.toLowerCase() === lowerCaseName) ??
    ALL_OPERATIONS.find((one) => shortName(one) === shortName(lowerCaseName)) ??
    ALL_OPERATIONS.find((one) => isOneLetterAway(shortName(one), shortName(lowerCaseName)))
  );
}

/** One letter too many, too few, or wrong. */
function isOneLetterAway(a: string, b: string): boolean {
  let commonLength = 0;
  while (commonLength < a.length && a[commonLength] === b[commonLength]) commonLength += 1;
  const [restA, restB] = [a.slice(commonLength), b.slice(commonLength)];
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
