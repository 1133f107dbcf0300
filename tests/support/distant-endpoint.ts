// The embedded AWS as if it were AWS itself, far away: answers take their time, no developer endpoints, and a request whose
// client hung up is carried out all the same.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface DistantEndpoint extends AsyncDisposable {
  readonly endpoint: string;
  /** Nothing is answered any more. */
  hang(): void;
}

const DEVELOPER = /^\/_(?:aws|local-aws|localstack)\//;

/** @param delayMs asked before each request and before each answer */
export async function startDistantEndpoint(upstream: string, delayMs: () => number): Promise<DistantEndpoint> {
  const agent = new http.Agent({ keepAlive: true });
  const { hostname, port } = new URL(upstream);
  let isHanging = false;

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    if (isHanging) return;
    await delay(delayMs());
    const { method, url = '/', headers } = request;
    if (DEVELOPER.test(url)) return void response.writeHead(404).end();
    const forward = http.request({ host: hostname, port, method, path: url, headers, agent }, async (answer) => {
      await delay(delayMs());
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forward.on('error', () => response.destroy());
    forward.end(body);
  };
  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    hang() {
      isHanging = true;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
