// Error answers in DynamoDB's form, for injected faults.

import type { ServerResponse } from 'node:http';
import type { Fault } from '../faults.ts';

/** Answers with the fault, or breaks the connection. */
export function answerFault(response: ServerResponse, fault: Fault): void {
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const message = fault.message ?? 'This failure was asked for.';
  response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' });
  const namespace = 'com.amazonaws.dynamodb.v20120810';
  response.end(JSON.stringify({ __type: `${namespace}#${fault.code}`, message }));
}
