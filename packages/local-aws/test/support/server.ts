// Plain HTTP against the embedded AWS, without an SDK.

import { connect } from 'node:net';
import type { LocalAws } from '../../src/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function answer(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The headers of a signed request. The embedded AWS requires them, but does not verify the signature. */
export const SIGNED = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/** A call in AWS's JSON protocol, e.g. `AmazonSQS.SendMessage`. */
export async function call(
  aws: LocalAws,
  target: string,
  body: object | string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: { ...SIGNED, 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
  return await answer(response);
}

/** A call in the Query protocol. */
export async function query(aws: LocalAws, parameters: Record<string, string>, path = '/'): Promise<Answer> {
  return await answer(
    await fetch(`${aws.endpoint}${path}`, { method: 'POST', headers: SIGNED, body: new URLSearchParams(parameters) }),
  );
}

export async function get(aws: LocalAws, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return await answer(await fetch(`${aws.endpoint}${path}`, { headers: { ...SIGNED, ...headers } }));
}

/** Sends bytes unchanged and waits until the server has closed the connection. */
export async function exchange(aws: LocalAws, bytes: string): Promise<string> {
  const socket = connect(aws.port, '127.0.0.1');
  socket.write(bytes);
  let answered = '';
  for await (const chunk of socket) answered += chunk;
  return answered;
}
