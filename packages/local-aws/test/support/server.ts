// Plain HTTP against the embedded AWS, without an SDK.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** Node reports the server's end of each new connection here. */
const NEW_CONNECTIONS = 'net.server.socket';

/**
 * A connection to the server, and `serverClosed`, which resolves when the server's end of it has closed: then the server
 * knows that the client has left, and has done what it does about that.
 */
export async function openConnection(aws: LocalAws): Promise<{ socket: Socket; serverClosed: Promise<void> }> {
  const serverEnds: Socket[] = [];
  const onConnection = (message: unknown): void => {
    const end: unknown = Object(message).socket;
    if (end instanceof Socket) serverEnds.push(end);
  };
  subscribe(NEW_CONNECTIONS, onConnection);
  const socket = connect(aws.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const findServerEnd = () => serverEnds.find(({ remotePort }) => remotePort === socket.localPort);
  while (findServerEnd() === undefined) await nextTurn();
  unsubscribe(NEW_CONNECTIONS, onConnection);
  const { promise: serverClosed, resolve } = Promise.withResolvers<void>();
  findServerEnd()?.once('close', () => resolve());
  return { socket, serverClosed };
}

/** Waits until this number of receives wait for messages. */
export async function waitForPolls(aws: LocalAws, count: number): Promise<void> {
  while (aws.waitingPolls !== count) await nextTurn();
}

/** Sends bytes unchanged and waits until the server has closed the connection. */
export async function exchange(aws: LocalAws, bytes: string): Promise<string> {
  const socket = connect(aws.port, '127.0.0.1');
  socket.write(bytes);
  let answered = '';
  for await (const chunk of socket) answered += chunk;
  return answered;
}
