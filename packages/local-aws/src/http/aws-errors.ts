// Error answers in the form of each service, for injected faults.

import type { ServerResponse } from 'node:http';
import type { Fault } from '../faults.ts';

/** A service and how its clients want errors. */
export type Service = 'dynamodb' | 's3';

const escapeXml = (text: string): string => text.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Answers with the fault, or breaks the connection. */
export function answerFault(response: ServerResponse, service: Service, fault: Fault): void {
  if (fault === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const message = fault.message ?? 'This failure was asked for.';
  if (service === 's3') {
    response.writeHead(fault.status, { 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(message)}</Message></Error>`,
    );
    return;
  }
  response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' });
  const namespace = 'com.amazonaws.dynamodb.v20120810';
  response.end(JSON.stringify({ __type: `${namespace}#${fault.code}`, message }));
}
