// What S3 requests are taken apart into, and how S3 answers.

import type { ServerResponse } from 'node:http';

export interface S3Target {
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly isObject: boolean;
  readonly query: URLSearchParams;
}

export const XML = '<?xml version="1.0" encoding="UTF-8"?>';
export const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export function answer(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, body === '' ? {} : { 'content-type': 'application/xml' });
  response.end(body);
}

export function fail(response: ServerResponse, status: number, code: string, message: string): void {
  answer(response, status, `${XML}<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
