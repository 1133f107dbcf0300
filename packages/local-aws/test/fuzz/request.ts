// An HTTP request in parts that a hostile kind can change, and as the bytes that are sent.

import type { Dice } from './dice.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type ServiceName = 'sqs' | 'sqs-query' | 'dynamodb' | 's3' | 'sts' | 'developer';

/** A legal request for an operation. */
export interface Legal extends HttpRequest {
  readonly service: ServiceName;
  readonly operation: string;
  /** The members of the body, for kinds that change its meaning and not its bytes. */
  readonly input?: unknown;
}

const SCOPES: Readonly<Record<ServiceName, string>> = {
  sqs: 'sqs',
  'sqs-query': 'sqs',
  dynamodb: 'dynamodb',
  s3: 's3',
  sts: 'sts',
  developer: 'sqs',
};

export function signed(service: ServiceName): Record<string, string> {
  return {
    host: 'localhost',
    authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${SCOPES[service]}/aws4_request, SignedHeaders=host, Signature=0`,
    'x-amz-date': '20260101T000000Z',
  };
}

export function headBytes({ method, target, headers }: Omit<HttpRequest, 'body'>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1');
}

export function bytesOf(request: HttpRequest): Buffer {
  const { body, method } = request;
  const needsLength = body.length > 0 || method === 'POST' || method === 'PUT';
  const headers = needsLength ? { ...request.headers, 'content-length': String(body.length) } : request.headers;
  return Buffer.concat([headBytes({ ...request, headers }), body]);
}

/** Bytes in order, and what the client does after them. */
export interface Delivery {
  readonly chunks: readonly Buffer[];
  readonly ending: 'await answer' | 'hang up' | 'reset' | 'wait for the end';
  /** Waits a little between chunks. */
  readonly slowly?: boolean;
}

export interface Kind {
  readonly name: string;
  /** The operations for which the kind is useful; all unless given. */
  readonly applies?: (legal: Legal) => boolean;
  /** Expensive, so it is sent only once for each operation. */
  readonly heavy?: boolean;
  readonly make: (legal: Legal, dice: Dice) => Delivery;
}
