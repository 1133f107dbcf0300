// Unfinished multipart uploads, so that they can be listed: fauxqs keeps them and does not tell.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { buildApp } from 'fauxqs';
import { answer, fail, NAMESPACE, type S3Target, XML } from './s3-answers.ts';
import { toXml } from './xml.ts';

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly initiated: string;
}

export function trackUploads(s3: ReturnType<typeof buildApp>) {
  const uploads = new Map<string, Upload>();

  async function create(target: S3Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const made = await s3.inject({ method: 'POST', url: request.url ?? '/', headers: request.headers });
    const id = /<UploadId>([^<]+)<\/UploadId>/.exec(made.body)?.[1];
    if (made.statusCode === 200 && id !== undefined) {
      const key = decodeURIComponent(target.key);
      uploads.set(id, { bucket: target.bucket, key, initiated: new Date().toISOString() });
    }
    answer(response, made.statusCode, made.body);
  }

  function list(bucket: string, response: ServerResponse): void {
    const found = [...uploads].filter(([, upload]) => upload.bucket === bucket);
    const elements = found.map(
      ([id, upload]) =>
        [
          'Upload',
          [
            ['Key', upload.key],
            ['UploadId', id],
            ['Initiated', upload.initiated],
          ],
        ] as const,
    );
    const all = toXml([['Bucket', bucket], ...elements, ['IsTruncated', 'false']]);
    answer(response, 200, `${XML}<ListMultipartUploadsResult ${NAMESPACE}>${all}</ListMultipartUploadsResult>`);
  }

  return {
    /** Handles a request with `uploads` or `uploadId` in its query. */
    async handle(target: S3Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
      const id = target.query.get('uploadId');
      if (id === null) {
        if (request.method === 'GET') list(target.bucket, response);
        else await create(target, request, response);
        return;
      }
      if (request.method === 'GET') {
        fail(response, 501, 'NotImplemented', 'The embedded S3 does not list parts.');
        return;
      }
      if (request.method === 'POST' || request.method === 'DELETE') {
        response.on('finish', () => {
          if (response.statusCode < 300) uploads.delete(id);
        });
      }
      s3.routing(request, response);
    },
  };
}
