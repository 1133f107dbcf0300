// Refuses requests of web pages. Any page can make a browser send requests to 127.0.0.1, and the embedded AWS verifies
// no signatures. So a call of AWS needs a header that a browser never sends on its own, a GET changes nothing, and
// requests with a foreign host name (which another site can make resolve to this machine) are refused.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LAB_PATH } from '../lab/lab.ts';

type RequestHead = Pick<IncomingMessage, 'headers' | 'method' | 'url'>;

export interface Refusal {
  /** AWS's name for the error. */
  readonly code: 'AccessDenied' | 'MissingAuthenticationToken';
  readonly message: string;
}

const FROM_WEB_PAGE: Refusal = {
  code: 'AccessDenied',
  message: 'The embedded AWS refuses requests of web pages. Use the AWS CLI or an SDK.',
};
const FOREIGN_HOST: Refusal = {
  code: 'AccessDenied',
  message: 'The embedded AWS answers to 127.0.0.1, [::1] and localhost only. Use one of them in AWS_ENDPOINT_URL.',
};
const UNSIGNED: Refusal = {
  code: 'MissingAuthenticationToken',
  message: 'Sign the request (any credentials will do, e.g. test and test), or send it with the AWS CLI or an SDK.',
};
const CHANGE_BY_GET: Refusal = {
  code: 'AccessDenied',
  message: 'A GET must not change anything. Send this request as a POST.',
};

/** The reason to refuse a request; undefined when it is allowed. */
export function refusalOf(request: RequestHead, localNamesOnly: boolean): Refusal | undefined {
  if (isFromWebPage(request)) return FROM_WEB_PAGE;
  if (localNamesOnly && !LOCAL_HOST.test(request.headers.host ?? '')) return FOREIGN_HOST;
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // The lab requires its own token, for reading too: a page cannot send that header without a preflight request.
  if (path.startsWith(LAB_PATH)) return undefined;
  if (isRead && READ_ONLY_ENDPOINTS.test(path)) return undefined;
  if (!isSigned(request, query)) return UNSIGNED;
  return isRead && mayChange(request, query) ? CHANGE_BY_GET : undefined;
}

/** Headers that requests of pages and prefetches have. Programs send none of them; the address bar sends `none`. */
function isFromWebPage({ headers }: RequestHead): boolean {
  const prefetches = headers['sec-purpose'] ?? headers.purpose ?? headers['x-purpose'] ?? headers['x-moz'];
  return (headers['sec-fetch-site'] ?? 'none') !== 'none' || headers.origin !== undefined || prefetches !== undefined;
}

/**
 * The loopback addresses, `localhost` with S3's virtual hosts before it, and LocalStack's host name for this machine,
 * which always resolves to 127.0.0.1, so that no site uses it. Not 0.0.0.0: browsers send no `Sec-Fetch-Site` there.
 */
const LOCAL_HOST =
  /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9._-]+\.)?localhost(?:\.localstack\.cloud)?\.?)(?::\d+)?$/i;

/** The developer endpoints that only read: also for `curl` and the address bar. */
const READ_ONLY_ENDPOINTS =
  /^\/_(?:aws\/sqs\/messages(?:\/|$)|local-aws\/(?:queue|health)$|localstack\/(?:health|init|info)(?:\/|$))/;

/** Version 4, and version 2 of S3, which boto3 still uses to presign. */
const SIGNED_HEADER = /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256)\s|^AWS [^:\s]+:\S/;
const SIGNED_QUERY = /(?:^|&)(?:X-Amz-)?Signature=[^&]/;

/**
 * In the URL, a signature does not count for a POST: a page can send a POST to such a URL without a preflight request.
 * It cannot send a PUT or DELETE that way, and a GET changes nothing.
 */
function isSigned(request: RequestHead, query: string): boolean {
  return isSignedByHeader(request) || (request.method !== 'POST' && SIGNED_QUERY.test(query));
}

/** A page cannot send this header without a preflight request. */
function isSignedByHeader({ headers }: RequestHead): boolean {
  return SIGNED_HEADER.test(headers.authorization ?? '');
}

/**
 * Whether a GET may change something. S3 only reads by GET, but SQS' Query protocol can also send and receive: that is
 * allowed with a signature in a header, which a link cannot have. With a signature in the URL, only reads are allowed.
 */
function mayChange(request: RequestHead, query: string): boolean {
  if (request.headers['x-amz-target'] !== undefined) return true;
  if (isSignedByHeader(request)) return false;
  const actions = new URLSearchParams(query).getAll('Action');
  return !actions.every((action) => /^(?:Get|List)[A-Z]/.test(action));
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>';

/** Answers 403, in JSON for the JSON protocols and in XML for the others. */
export function sendRefusal(request: IncomingMessage, response: ServerResponse, { code, message }: Refusal): void {
  request.resume();
  const isJson = request.headers['x-amz-target'] !== undefined;
  response.writeHead(403, {
    'content-type': isJson ? 'application/x-amz-json-1.0' : 'application/xml',
    'x-content-type-options': 'nosniff',
  });
  response.end(
    isJson
      ? JSON.stringify({ __type: `${code}Exception`, message })
      : `${XML}<Error><Code>${code}</Code><Message>${message}</Message></Error>\n`,
  );
}
