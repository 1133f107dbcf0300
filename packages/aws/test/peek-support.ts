// An endpoint with the test's answers, and a list of the messages that a peek returns.
import http, { type RequestListener } from 'node:http';
import { closeServer, listenLocally } from '@movie-load/testing';
import type { PeekedMessage, PeekedMessages } from '../src/index.ts';

export async function withEndpoint<T>(answer: RequestListener, use: (endpoint: string) => Promise<T>): Promise<T> {
  const server = http.createServer(answer);
  const { url } = await listenLocally(server);
  try {
    return await use(url);
  } finally {
    await closeServer(server);
  }
}

/** All messages; none where the endpoint does not support peeking. */
export async function collected(peeked: Promise<PeekedMessages | undefined>): Promise<PeekedMessage[]> {
  const messages: PeekedMessage[] = [];
  for await (const message of (await peeked) ?? []) messages.push(message);
  return messages;
}
