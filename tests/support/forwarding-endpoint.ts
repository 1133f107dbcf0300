// A server in front of an endpoint: a function sees each request, and answers or forwards it.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { closeServer, listenLocally } from '@movie-load/testing';

export interface ForwardingEndpoint extends AsyncDisposable {
  readonly endpoint: string;
}

export interface ReceivedRequest {
  readonly request: IncomingMessage;
  /** The complete body of the request. */
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Sends the same request to the endpoint, and returns its answer when `beforeAnswer` has resolved. */
  forward(options?: ForwardOptions): void;
}

interface ForwardOptions {
  readonly beforeAnswer?: () => Promise<void>;
  /** The request is forwarded and takes effect even if the client has hung up. */
  readonly evenWithoutClient?: boolean;
}

export async function startForwarding(
  upstream: string,
  handle: (received: ReceivedRequest) => Promise<void>,
): Promise<ForwardingEndpoint> {
  const agent = new http.Agent({ keepAlive: true });
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const { method, url = '/', headers } = request;
    const forward = ({ beforeAnswer, evenWithoutClient = false }: ForwardOptions = {}) => {
      const upstreamRequest = http.request(
        new URL(url, upstream),
        { method, headers, agent },
        async (upstreamResponse) => {
          await beforeAnswer?.();
          response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
          upstreamResponse.pipe(response);
        },
      );
      upstreamRequest.on('error', () => response.destroy());
      // An aborted long poll must not continue to wait upstream.
      if (!evenWithoutClient) response.on('close', () => upstreamRequest.destroy());
      upstreamRequest.end(body);
    };
    await handle({ request, body, response, forward });
  };
  const server = http.createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
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
