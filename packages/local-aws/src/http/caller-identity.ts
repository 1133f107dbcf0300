// STS' GetCallerIdentity: `aws sts get-caller-identity` shows the account.

import { randomUUID } from 'node:crypto';
import { xmlAnswer } from './query-protocol.ts';
import type { Answer } from './service.ts';

export function callerIdentity(accountId: string): Answer {
  const requestId = randomUUID();
  return xmlAnswer(200, {
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
