// Browsers send forms and requests of any web page to 127.0.0.1, and nothing here checks a signature: they are refused.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whether a page sent it. What a person types into the address bar is of no site (`none`); SDKs and CLIs send neither. */
export function isOfWebPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  return site !== 'none' || headers.origin !== undefined;
}

export function refuseWebPage(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('The embedded AWS takes nothing that a web page sends. Use the AWS CLI, an SDK or the address bar.\n');
}
