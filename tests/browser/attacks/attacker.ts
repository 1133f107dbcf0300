// An attacker's web site: pages, redirects to any address, and a service worker.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenLocally } from '@movie-load/testing';

export interface Attacker {
  readonly port: number;
  close(): Promise<void>;
}

/** On 127.0.0.1: as near to the servers as a page can be. */
export async function startAttacker(): Promise<Attacker> {
  const server = http.createServer(answer);
  const { port } = await listenLocally(server);
  return {
    port,
    close: () => closeServer(server),
  };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const url = new URL(request.url ?? '/', 'http://evil.example');
  const to = url.searchParams.get('to') ?? '/';
  const html = (text: string, headers: Record<string, string> = {}) => {
    response.writeHead(200, { 'content-type': 'text/html', ...headers });
    response.end(text);
  };
  switch (url.pathname) {
    case '/hop':
      response.writeHead(Number(url.searchParams.get('status')), { location: to });
      response.end();
      break;
    case '/refresh':
      html('', { refresh: `0;url=${to}` });
      break;
    case '/report':
      html('<script src="https://forbidden.example/"></script>', {
        'content-security-policy': `script-src 'self'; report-uri ${to}`,
      });
      break;
    case '/worker.js':
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(`fetch(${JSON.stringify(to)}, { mode: 'no-cors' });`);
      break;
    default:
      html('<!doctype html><title>attack</title><body>attack');
  }
}
