// `fetch` for emulators and our own services: never through a proxy, whatever HTTP_PROXY and NODE_USE_ENV_PROXY
// contain. Node's `fetch` cannot bypass a proxy that its process was started with.
import http from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface DirectFetchOptions {
  /** Default GET. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An agent created without options uses no proxy. */
const agents = { 'http:': new http.Agent(), 'https:': new https.Agent() };

/**
 * Resolves when the whole response has arrived. Rejects as `fetch` does: for network errors, and with the signal's
 * reason. Follows no redirects.
 *
 * @example const response = await directFetch('http://127.0.0.1:9464/report', { signal: AbortSignal.timeout(1500) });
 */
export async function directFetch(url: string | URL, options: DirectFetchOptions = {}): Promise<Response> {
  const readResponse = async () => {
    const response = await directRequest(url, options);
    return { response, bytes: await buffer(response) };
  };
  const { response, bytes } = await readResponse().catch((error: unknown) => {
    throw options.signal?.aborted ? options.signal.reason : error;
  });
  const status = response.statusCode ?? 0;
  return new Response(mayHaveBody(status) ? new Uint8Array(bytes) : null, { status, headers: headersOf(response) });
}

/** Like `directFetch`, but resolves when the response begins: the caller must read or destroy the response. */
export async function directRequest(
  url: string | URL,
  { method = 'GET', headers = {}, body, signal }: DirectFetchOptions = {},
): Promise<http.IncomingMessage> {
  const target = new URL(url);
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  // The agent chooses TLS or plain HTTP.
  const request = http.request(target, {
    method,
    headers,
    agent: target.protocol === 'https:' ? agents['https:'] : agents['http:'],
    ...(signal === undefined ? {} : { signal }),
  });
  request.once('response', resolve).once('error', reject);
  request.end(body);
  return promise;
}

const mayHaveBody = (status: number): boolean => status !== 204 && status !== 205 && status !== 304;

function headersOf({ headers }: http.IncomingMessage): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const single of [value].flat()) if (single !== undefined) result.append(name, single);
  }
  return result;
}
