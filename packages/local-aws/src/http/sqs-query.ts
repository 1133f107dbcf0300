// The Query protocol of SQS: forms in, XML out. Older SDKs and AWS CLI before 2.15 speak it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { SqsError } from '../sqs/errors.ts';
import type { Output } from '../sqs/input.ts';
import { queryOutput } from './query-output.ts';
import type { Reply } from './sqs-service.ts';
import { type Element, toXml } from './xml.ts';

export const SQS_NAMESPACE = 'http://queue.amazonaws.com/doc/2012-11-05/';
const NO_QUEUE = 'The specified queue does not exist for this wsdl version.';

/** Writes one XML document. */
export function sendXml(
  response: ServerResponse,
  status: number,
  document: { root: string; namespace: string; elements: readonly Element[]; requestId: string },
): void {
  const { root, namespace, elements, requestId } = document;
  const body = `<?xml version="1.0"?><${root} xmlns="${namespace}">${toXml(elements)}</${root}>`;
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}

/** Writes an error as the Query protocol has it. */
export function sendQueryError(
  response: ServerResponse,
  error: { readonly status: number; readonly queryCode: string; readonly message: string },
): void {
  const requestId = randomUUID();
  const elements: Element[] = [
    [
      'Error',
      [
        ['Type', error.status < 500 ? 'Sender' : 'Receiver'],
        ['Code', error.queryCode],
        ['Message', error.message],
        ['Detail', ''],
      ],
    ],
    ['RequestId', requestId],
  ];
  sendXml(response, error.status, { root: 'ErrorResponse', namespace: SQS_NAMESPACE, elements, requestId });
}

export function queryReply(operation: string, response: ServerResponse): Reply {
  return {
    ok: (output: Output) => {
      const requestId = randomUUID();
      const elements = queryOutput(operation, output, requestId);
      sendXml(response, 200, { root: `${operation}Response`, namespace: SQS_NAMESPACE, elements, requestId });
    },
    failed: (error: SqsError) => {
      const message = error.code === 'QueueDoesNotExist' ? NO_QUEUE : error.message;
      sendQueryError(response, { status: error.status, queryCode: error.queryCode, message });
    },
  };
}
