// What fauxqs' S3 lacks and the project or the AWS CLI needs: public access blocks, a bucket's location, writes on
// condition that the object is not there, the list of unfinished uploads. What neither knows is refused instead of
// misunderstood.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { buildApp } from 'fauxqs';
import { readBody } from './body.ts';
import { answer, fail, NAMESPACE, type S3Target, XML } from './s3-answers.ts';
import { trackUploads } from './s3-uploads.ts';

type S3App = ReturnType<typeof buildApp>;
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Parts of S3's surface that a request names in its query and fauxqs would overlook. */
const UNKNOWN = new Set(
  'accelerate acl analytics cors encryption intelligent-tiering inventory legal-hold logging metrics notification object-lock ownershipControls policy policyStatus replication requestPayment restore retention select tagging torrent versioning versions website'.split(
    ' ',
  ),
);

function targetOf(request: IncomingMessage): S3Target {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  return { path, bucket, key, isObject: key !== '', query: new URLSearchParams(query) };
}

/** Handles S3 requests: by itself what fauxqs does not know, the rest by fauxqs. */
export function withS3Extras(s3: S3App): Handler {
  const publicAccessBlocks = new Map<string, string>();
  const uploads = trackUploads(s3);

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

  async function bucketWide(target: S3Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(await exists(`/${target.bucket}`))) {
      fail(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
    } else if (target.query.has('location')) {
      answer(response, 200, `${XML}<LocationConstraint ${NAMESPACE}/>`);
    } else {
      publicAccessBlock(target.bucket, request, response);
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request);
    const { query, isObject, bucket } = target;
    const writes = request.method === 'PUT' || request.method === 'POST';
    const unknown = [...query.keys()].find((name) => UNKNOWN.has(name));
    if (isObject && request.method === 'GET' && query.has('tagging')) {
      answer(response, 200, `${XML}<Tagging ${NAMESPACE}><TagSet/></Tagging>`);
    } else if (unknown !== undefined) {
      request.resume();
      fail(response, 501, 'NotImplemented', `The embedded S3 does not know ?${unknown}.`);
    } else if (!isObject && bucket !== '' && (query.has('publicAccessBlock') || query.has('location'))) {
      await bucketWide(target, request, response);
    } else if (query.has('uploads') || query.has('uploadId')) {
      await uploads.handle(target, request, response);
    } else if (isObject && writes && request.headers['if-none-match'] === '*' && (await exists(target.path))) {
      request.resume();
      fail(response, 412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    } else {
      if (request.method === 'DELETE' && !isObject && query.size === 0) publicAccessBlocks.delete(bucket);
      s3.routing(request, response);
    }
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => fail(response, 500, 'InternalError', String(error)));
  };
}
