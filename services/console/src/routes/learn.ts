// Lessons for the page: their texts, and runs that are streamed.
import { runRequestSchema } from '@movie-load/operations/lessons';
import type { Hono } from 'hono';
import { parseBody } from '../http-body.ts';
import type { Up } from '../up.ts';

export function addLessons(routes: Hono, up: Up): void {
  routes.get('/lessons', async (c) => c.json(await up.lessons()));
  routes.get('/lessons/:number/source', async (c) => c.text(await up.lessonSource(c.req.param('number'))));
  routes.post('/lessons/:number', async (c) => {
    const body = await parseBody(c, runRequestSchema);
    const lines = await up.runLesson(c.req.param('number'), body, c.req.raw.signal);
    // Proxies must not buffer lines.
    return c.body(streamOf(lines), 200, { 'Content-Type': 'application/x-ndjson', 'X-Accel-Buffering': 'no' });
  });
}

/** Forwards `up`'s lines as they arrive. If `up` ends during a run, the last line is missing; the page reports it. */
function streamOf(lines: AsyncIterable<Uint8Array> & { destroy(): unknown }): ReadableStream<Uint8Array> {
  const chunks = lines[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done = true, value } = await chunks.next().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void lines.destroy(),
  });
}
