// A server in front of an endpoint: a function sees each request, and answers or forwards it.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { closeServer, listenLocally } from '@movie-load/testing';

export interface ForwardingEndpoint extends AsyncDisposable {
  readonly endpoint: string;
}

export interface Asked {
  readonly request: IncomingMessage;
  /** All of it. */
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Makes the same request to the endpoint, and returns its answer when `beforeAnswer` has resolved. */
  forward(options?: ForwardOptions): void;
}

interface ForwardOptions {
  readonly beforeAnswer?: () => Promise<void>;
  /** It is carried out although the client has hung up. */
  readonly evenWithoutClient?: boolean;
}

export async function startForwarding(
  upstream: string,
  handle: (asked: Asked) => Promise<void>,
): Promise<ForwardingEndpoint> {
  const agent = new http.Agent({ keepAlive: true });
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const { method, url = '/', headers } = request;
    const forward = ({ beforeAnswer, evenWithoutClient = false }: ForwardOptions = {}) => {
      const passed = http.request(new URL(url, upstream), { method, headers, agent }, async (answer) => {
        await beforeAnswer?.();
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      // An aborted long poll must not continue to wait upstream.
      if (!evenWithoutClient) response.on('close', () => passed.destroy());
      passed.end(body);
    };
    await handle({ request, body, response, forward });
  };
  const server = http.createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const { url: endpoint } = await listenLocally(server);
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      await closeServer(server);
      agent.destroy();
    },
  };
}
