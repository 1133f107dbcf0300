// Refuses requests for a service that the embedded AWS does not have.

import { bufferedBody } from './buffered-body.ts';
import { JSON_TYPE } from './json.ts';
import { RequestFailure, type Service } from './service.ts';

const MAX_BODY_BYTES = 1024 * 1024;

export const unknownService: Service = {
  receive: (head) =>
    bufferedBody(head, { maxBytes: MAX_BODY_BYTES }, ({ headers }) => ({
      operation: 'unknown:Unknown',
      run() {
        const message = `The embedded AWS has SQS, DynamoDB, S3 and STS. It does not know ${headers['x-amz-target']}.`;
        throw new RequestFailure({ status: 400, code: 'UnknownOperationException', message });
      },
    })),
  failure: ({ status, code, message }) => ({
    status,
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }),
  }),
};
