// The AWS JSON 1.0 protocol, which SQS and DynamoDB speak.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html

import type { RequestHead } from './service.ts';

export const JSON_TYPE = 'application/x-amz-json-1.0';

/** From the `X-Amz-Target` header: `AmazonSQS.SendMessage` → `SendMessage`. */
export function targetOperation({ headers }: RequestHead): string {
  const target = String(headers['x-amz-target'] ?? '');
  return target.slice(target.indexOf('.') + 1);
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/**
 * Whether JSON has at most `max` values, without making any of them: `JSON.parse` needs a hundred times as long for a million
 * small objects as for one long text of the same size.
 */
export function hasFewValues(body: Buffer, max: number): boolean {
  let commas = 0;
  let inText = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (byte === QUOTE) inText = !inText;
    else if (inText) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA) {
      commas += 1;
      if (commas >= max) return false;
    }
  }
  return true;
}
