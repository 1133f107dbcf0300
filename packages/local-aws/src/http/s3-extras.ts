// What fauxqs' S3 lacks and the project needs: public access blocks, the bucket's location, and writes on condition that
// the object is not there.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { buildApp } from 'fauxqs';
import { readBody } from './body.ts';

type S3App = ReturnType<typeof buildApp>;

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

function answer(response: ServerResponse, status: number, body = ''): void {
  response.writeHead(status, body === '' ? {} : { 'content-type': 'application/xml' });
  response.end(body);
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  answer(response, status, `${XML}<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

/** Handles S3 requests: by itself what fauxqs does not know, the rest by fauxqs. */
export function withS3Extras(s3: S3App): (request: IncomingMessage, response: ServerResponse) => void {
  const publicAccessBlocks = new Map<string, string>();

  async function exists(path: string): Promise<boolean> {
    return (await s3.inject({ method: 'HEAD', url: path })).statusCode === 200;
  }

  function publicAccessBlock(bucket: string, request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'PUT') {
      readBody(request, (body) => {
        publicAccessBlocks.set(bucket, body.toString());
        answer(response, 200);
      });
    } else if (request.method === 'DELETE') {
      publicAccessBlocks.delete(bucket);
      answer(response, 204);
    } else {
      const stored = publicAccessBlocks.get(bucket);
      if (stored !== undefined) answer(response, 200, stored);
      else
        fail(
          response,
          404,
          'NoSuchPublicAccessBlockConfiguration',
          'The public access block configuration was not found',
        );
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const bucket = path.split('/', 2)[1] ?? '';
    const isBucket = path === `/${bucket}` || path === `/${bucket}/`;
    const bucketWide =
      isBucket && bucket !== '' ? /(?:^|&)(publicAccessBlock|location)(?:=|&|$)/.exec(query)?.[1] : undefined;
    if (bucketWide !== undefined) {
      if (!(await exists(`/${bucket}`))) {
        fail(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
      } else if (bucketWide === 'location') {
        answer(response, 200, `${XML}<LocationConstraint ${NAMESPACE}/>`);
      } else {
        publicAccessBlock(bucket, request, response);
      }
      return;
    }
    if (request.method === 'DELETE' && isBucket && query === '') publicAccessBlocks.delete(bucket);
    if (request.headers['if-none-match'] === '*' && (request.method === 'PUT' || request.method === 'POST')) {
      if (await exists(path)) {
        request.resume();
        fail(response, 412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
        return;
      }
    }
    s3.routing(request, response);
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => fail(response, 500, 'InternalError', String(error)));
  };
}
