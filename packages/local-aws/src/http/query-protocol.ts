// XML answers of the Query protocol, which SQS and STS speak: forms in, XML out.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html

import { randomUUID } from 'node:crypto';
import type { Answer, FailureDetails } from './service.ts';
import { type Element, toXml } from './xml.ts';

export const SQS_NAMESPACE = 'http://queue.amazonaws.com/doc/2012-11-05/';

/** This protocol's text for a missing queue, which differs from JSON's. */
export const QUEUE_DOES_NOT_EXIST = 'The specified queue does not exist for this wsdl version.';

export function xmlAnswer(
  status: number,
  document: { root: string; namespace: string; elements: readonly Element[]; requestId: string },
): Answer {
  const { root, namespace, elements, requestId } = document;
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0"?><${root} xmlns="${namespace}">${toXml(elements)}</${root}>`,
  };
}

export function queryError({ status, code, message }: FailureDetails): Answer {
  const requestId = randomUUID();
  const elements: Element[] = [
    [
      'Error',
      [
        ['Type', status < 500 ? 'Sender' : 'Receiver'],
        ['Code', code],
        ['Message', message],
        ['Detail', ''],
      ],
    ],
    ['RequestId', requestId],
  ];
  return xmlAnswer(status, { root: 'ErrorResponse', namespace: SQS_NAMESPACE, elements, requestId });
}
