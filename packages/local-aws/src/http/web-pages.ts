// Any web page can make a browser send requests to 127.0.0.1, and nothing here verifies a signature. So a call of AWS needs
// what a browser never sends by itself, a GET changes nothing, and requests by a foreign name (which another site can make
// resolve to this machine) are refused.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LAB_PATH } from '../lab/lab.ts';

type Asked = Pick<IncomingMessage, 'headers' | 'method' | 'url'>;

export interface Refusal {
  /** As AWS names it. */
  readonly code: 'AccessDenied' | 'MissingAuthenticationToken';
  readonly message: string;
}

const WEB_PAGE: Refusal = {
  code: 'AccessDenied',
  message: 'The embedded AWS takes nothing that a web page sends. Use the AWS CLI or an SDK.',
};
const FOREIGN_NAME: Refusal = {
  code: 'AccessDenied',
  message: 'The embedded AWS answers to 127.0.0.1, [::1] and localhost only. Use one of them in AWS_ENDPOINT_URL.',
};
const UNSIGNED: Refusal = {
  code: 'MissingAuthenticationToken',
  message: 'Sign the request (any credentials will do, e.g. test and test), or send it by the AWS CLI or an SDK.',
};
const CHANGES_BY_GET: Refusal = {
  code: 'AccessDenied',
  message: 'A GET reads only. Send what changes something as a POST.',
};

/** Why a request is not answered; undefined when it may pass. */
export function refusalOf(request: Asked, localNamesOnly: boolean): Refusal | undefined {
  if (isOfWebPage(request)) return WEB_PAGE;
  if (localNamesOnly && !LOCAL_NAME.test(request.headers.host ?? '')) return FOREIGN_NAME;
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  // The lab asks for its own token, for reading too: no page can send that header without asking first.
  if (path.startsWith(LAB_PATH)) return undefined;
  if (reads && LOOKS.test(path)) return undefined;
  if (!isSigned(request, query)) return UNSIGNED;
  return reads && mayChange(request, query) ? CHANGES_BY_GET : undefined;
}

/** Headers that pages and prefetches cause. Programs send none of them; the address bar is of no site (`none`). */
function isOfWebPage({ headers }: Asked): boolean {
  const prefetches = headers['sec-purpose'] ?? headers.purpose ?? headers['x-purpose'] ?? headers['x-moz'];
  return (headers['sec-fetch-site'] ?? 'none') !== 'none' || headers.origin !== undefined || prefetches !== undefined;
}

/**
 * The loopback addresses, `localhost` with S3's virtual hosts before it, and the name that LocalStack's users have for this
 * machine: it is always 127.0.0.1, so no site is there. Not 0.0.0.0: browsers send no `Sec-Fetch-Site` there.
 */
const LOCAL_NAME =
  /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9._-]+\.)?localhost(?:\.localstack\.cloud)?\.?)(?::\d+)?$/i;

/** The developer endpoints that read: also for `curl` and the address bar. */
const LOOKS =
  /^\/_(?:aws\/sqs\/messages(?:\/|$)|local-aws\/(?:queue|health)$|localstack\/(?:health|init|info)(?:\/|$))/;

/** Version 4, and version 2 of S3: boto3 still presigns with it. */
const SIGNED_HEADER = /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256)\s|^AWS [^:\s]+:\S/;
const SIGNED_QUERY = /(?:^|&)(?:X-Amz-)?Signature=[^&]/;

/** A page can write a signature into a link, but not into the address of a PUT or DELETE without asking first: not for POST. */
function isSigned(request: Asked, query: string): boolean {
  return isSignedByHeader(request) || (request.method !== 'POST' && SIGNED_QUERY.test(query));
}

/** No page can send this header without asking first. */
function isSignedByHeader({ headers }: Asked): boolean {
  return SIGNED_HEADER.test(headers.authorization ?? '');
}

/**
 * S3 reads by GET. SQS' Query protocol also sends and receives by it: with the signature in a header, which no link has; with one
 * in the address only what reads does, whichever way its name is written.
 */
function mayChange(request: Asked, query: string): boolean {
  if (request.headers['x-amz-target'] !== undefined) return true;
  if (isSignedByHeader(request)) return false;
  const actions = new URLSearchParams(query).getAll('Action');
  return !actions.every((action) => /^(?:Get|List)[A-Z]/.test(action));
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>';

/** Answers 403, in JSON for the JSON protocols and in XML for the others. */
export function refuse(request: IncomingMessage, response: ServerResponse, { code, message }: Refusal): void {
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
