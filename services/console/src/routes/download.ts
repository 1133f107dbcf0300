// GET /api/jobs/<id>/object: streams the object from the bucket. S3's stream is always read or cancelled, whatever the
// browser does.
import { ServerResponse } from 'node:http';
import type { StoredObject } from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import type { Logger } from '@movie-load/service';
import type { Context } from 'hono';
import { z } from 'zod';
import { HttpError } from '../http-body.ts';

export interface DownloadOptions {
  readonly store: Pick<JobStore, 'objectBytes' | 'openObject'>;
  readonly log: Logger;
}

/** A HEAD request is answered without opening the object. */
export async function download(c: Context, jobId: string, { store, log }: DownloadOptions): Promise<Response> {
  const headers = (bytes: number) => ({
    'Content-Type': 'application/json',
    'Content-Length': String(bytes),
    'Content-Disposition': `attachment; filename="${jobId}.json"`,
  });
  if (c.req.method === 'HEAD') {
    const bytes = await store.objectBytes(jobId);
    if (bytes !== undefined) return c.body(null, 200, headers(bytes));
  } else {
    const object = await store.openObject(jobId);
    const onError = (err: unknown) => {
      log.warn({ err, job_id: jobId }, 'a download ended early: the bucket sent too little');
      nodeSchema.parse(c.env).outgoing.destroy();
    };
    if (object) return c.body(streamOf(object, onError), 200, headers(object.bytes));
  }
  const detail = 'The object is not in the bucket: the job is not complete, or it was moved or deleted (Repair).';
  throw new HttpError(404, 'No object', detail);
}

const nodeSchema = z.object({ outgoing: z.instanceof(ServerResponse) });

/** Reads no faster than the browser. An error of S3 closes the connection: the browser reports a failed download. */
function streamOf({ body, discard }: StoredObject, onError: (error: unknown) => void): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let isCancelled = false;
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (isCancelled) return;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          // Cancelling ends S3's stream, too: that is not an error of S3.
          if (isCancelled) return;
          onError(error);
          controller.close();
        }
      },
      cancel() {
        isCancelled = true;
        discard();
      },
    },
    { highWaterMark: 0 },
  );
}
