// The lessons for the page, over the control server: their texts, and streamed runs, each on its own embedded AWS.
// packages/operations/src/lessons.ts describes the protocol.
import type { Lesson } from '@movie-load/learn';
import { type LessonLine, type RunRequest, runRequestSchema, type ShownLesson } from '@movie-load/operations/lessons';
import { UsageError } from '@movie-load/schema';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';

/** Loads the lessons with the page's first request, because `up` itself does not need them. */
const loadLessons = () => import('@movie-load/learn');

/** The number of runs that may wait; further runs are refused. */
const MAX_WAITING = 5;

/** Routes below `/lessons`. One lesson runs at a time, because its embedded AWS is in this process. */
export function createLessonRoutes(): Hono {
  const app = new Hono();
  const workQueue = createWorkQueue(MAX_WAITING);
  app.get('/', async (c) => {
    const { LESSONS, lessonView, readExcerpt } = await loadLessons();
    const toShownLesson = async (lesson: Lesson): Promise<ShownLesson> => ({
      ...lessonView(lesson),
      excerpt: await readExcerpt(lesson),
    });
    return c.json({ lessons: await Promise.all(LESSONS.map(toShownLesson)) });
  });
  app.get('/:number/source', async (c) => {
    const { readSource } = await loadLessons();
    return c.text(await readSource(await findLesson(c)));
  });
  app.post('/:number', async (c) => {
    const { run } = runRequestSchema.parse(await c.req.json());
    const lesson = await findLesson(c);
    if (run === 'broken' && lesson.broken === undefined)
      throw new UsageError(`Lesson ${lesson.lesson} breaks no rule.`);
    const lines = new LineStream();
    const running = workQueue.add(() => runToEnd(lesson, run, lines));
    if (running === undefined) return c.json({ error: 'Other lessons are running. Try again in a moment.' }, 429);
    void running.finally(() => lines.end());
    return streamLines(c, lines);
  });
  return app;
}

async function findLesson(c: Context): Promise<Lesson> {
  const { LESSONS } = await loadLessons();
  const lesson = LESSONS.find((one) => String(one.lesson) === c.req.param('number'));
  if (lesson === undefined) throw new UsageError('There is no such lesson.');
  return lesson;
}

/** Never rejects: an error becomes the last line. */
async function runToEnd(lesson: Lesson, run: RunRequest['run'], lines: LineStream): Promise<void> {
  try {
    const { compareBroken, runLesson } = await loadLessons();
    if (run === 'broken') {
      const result = await compareBroken(lesson.lesson, {
        onEvent: (which, event) => lines.add({ ...event, run: which }),
      });
      if (result !== undefined) lines.add({ event: 'compared', result });
      return;
    }
    const result = await runLesson(lesson, {
      withCause: run === 'lesson',
      onEvent: (event) => lines.add({ ...event, run: 'lesson' }),
    });
    lines.add({ event: 'ended', result });
  } catch (error) {
    const why = Error.isError(error) ? `: ${error.message}` : '';
    lines.add({ event: 'failed', error: `Lesson ${lesson.lesson} did not run to its end${why}` });
  }
}

/** Streams JSON lines as they arrive. A reader that disconnects does not end the run, which is short. */
function streamLines(c: Context, lines: LineStream): Response {
  c.header('Content-Type', 'application/x-ndjson');
  return stream(c, async (out) => {
    for await (const text of lines) {
      if (out.aborted) return;
      await out.write(text);
    }
  });
}

/** A stream of lines for one reader. Each read returns all lines that were added since the last one. */
class LineStream {
  #text = '';
  #ended = false;
  #changed = Promise.withResolvers<void>();

  add(line: LessonLine): void {
    this.#text += `${JSON.stringify(line)}\n`;
    this.#changed.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#changed.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
      const text = this.#text;
      this.#text = '';
      if (text !== '') yield text;
      if (this.#ended && this.#text === '') return;
    }
  }
}

/** Runs work in the order in which it is added, one at a time. */
function createWorkQueue(maxWaiting: number) {
  let last: Promise<void> = Promise.resolve();
  let unfinished = 0;
  return {
    /** Resolves when the work is done. Undefined when too much work is already waiting. */
    add(work: () => Promise<void>): Promise<void> | undefined {
      if (unfinished > maxWaiting) return undefined;
      unfinished += 1;
      last = last.then(work).finally(() => {
        unfinished -= 1;
      });
      return last;
    },
  };
}
