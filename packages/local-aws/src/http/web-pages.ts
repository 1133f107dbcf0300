// Browsers send forms and requests of any web page to 127.0.0.1, and nothing here checks a signature: they are refused. So is
// what comes by a foreign name, which a page of another site can make resolve to this machine.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Whether a page sent it. What a person types into the address bar is of no site (`none`); SDKs and CLIs send neither. */
export function isOfWebPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  return site !== 'none' || headers.origin !== undefined;
}

/** The loopback addresses, `localhost` with S3's virtual hosts before it, and the name of this machine inside Docker Desktop. */
const LOCAL_NAME =
  /^(?:127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1\]|(?:[a-z0-9._-]+\.)?localhost\.?|host\.docker\.internal)(?::\d+)?$/i;

export function isForeignName({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.host !== undefined && !LOCAL_NAME.test(headers.host);
}

export function refuseWebPage(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(
    'The embedded AWS takes nothing that a web page sends, and only what is sent to 127.0.0.1 or localhost. Use the AWS CLI, an SDK or the address bar.\n',
  );
}
