// The AWS JSON 1.0 protocol, which SQS and DynamoDB speak.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html

import type { RequestHead } from './service.ts';

export const JSON_TYPE = 'application/x-amz-json-1.0';

/** The operation in the `X-Amz-Target` header: `AmazonSQS.SendMessage` → `SendMessage`. */
export function targetOperation({ headers }: RequestHead): string {
  const target = String(headers['x-amz-target'] ?? '');
  return target.slice(target.indexOf('.') + 1);
}
