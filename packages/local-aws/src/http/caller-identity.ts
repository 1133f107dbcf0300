// STS' GetCallerIdentity: `aws sts get-caller-identity` tells where one is.

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sendXml } from './sqs-query.ts';

export function answerCallerIdentity(response: ServerResponse, accountId: string): void {
  const requestId = randomUUID();
  sendXml(response, 200, {
    root: 'GetCallerIdentityResponse',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    requestId,
    elements: [
      [
        'GetCallerIdentityResult',
        [
          ['Arn', `arn:aws:iam::${accountId}:root`],
          ['UserId', accountId],
          ['Account', accountId],
        ],
      ],
      ['ResponseMetadata', [['RequestId', requestId]]],
    ],
  });
}
