// The lessons for the page, over the control server: their texts, and streamed runs, each on its own embedded AWS.
// packages/operations/src/lessons.ts describes the protocol.
import type { Lesson } from '@movie-load/learn';
import { type LessonLine, type RunRequest, runRequestSchema, type ShownLesson } from '@movie-load/operations/lessons';
import { UsageError } from '@movie-load/schema';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';

/** Loaded with the page's first request: `up` itself does not need the lessons. */
const load = () => import('@movie-load/learn');

/** The number of runs that may wait; further runs are refused. */
const MAX_WAITING = 5;

/** Routes below `/lessons`. One lesson runs at a time, because its embedded AWS is in this process. */
export function createLessonRoutes(): Hono {
  const app = new Hono();
  const turns = createTurns(MAX_WAITING);
  app.get('/', async (c) => {
    const { LESSONS, lessonView, readExcerpt } = await load();
    const shown = async (lesson: Lesson): Promise<ShownLesson> => ({
      ...lessonView(lesson),
      excerpt: await readExcerpt(lesson),
    });
    return c.json({ lessons: await Promise.all(LESSONS.map(shown)) });
  });
  app.get('/:number/source', async (c) => {
    const { readSource } = await load();
    return c.text(await readSource(await lessonOf(c)));
  });
  app.post('/:number', async (c) => {
    const { run } = runRequestSchema.parse(await c.req.json());
    const lesson = await lessonOf(c);
    if (run === 'broken' && lesson.broken === undefined)
      throw new UsageError(`Lesson ${lesson.lesson} breaks no rule.`);
    const lines = new Lines();
    const running = turns.take(() => runToEnd(lesson, run, lines));
    if (running === undefined) return c.json({ error: 'Other lessons are running. Try again in a moment.' }, 429);
    void running.finally(() => lines.end());
    return send(c, lines);
  });
  return app;
}

async function lessonOf(c: Context): Promise<Lesson> {
  const { LESSONS } = await load();
  const lesson = LESSONS.find((one) => String(one.lesson) === c.req.param('number'));
  if (lesson === undefined) throw new UsageError('There is no such lesson.');
  return lesson;
}

/** Never rejects: an error becomes the last line. */
async function runToEnd(lesson: Lesson, run: RunRequest['run'], lines: Lines): Promise<void> {
  try {
    const { compareBroken, runLesson } = await load();
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
function send(c: Context, lines: Lines): Response {
  c.header('Content-Type', 'application/x-ndjson');
  return stream(c, async (out) => {
    for await (const text of lines) {
      if (out.aborted) return;
      await out.write(text);
    }
  });
}

/** Lines for a reader, which gets at once all lines that were added since its last read. */
class Lines {
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

/** Work that runs one after the other. */
function createTurns(mostWaiting: number) {
  let last: Promise<void> = Promise.resolve();
  let running = 0;
  return {
    /** Undefined when the line of waiting work is full. */
    take(work: () => Promise<void>): Promise<void> | undefined {
      if (running > mostWaiting) return undefined;
      running += 1;
      last = last.then(work).finally(() => {
        running -= 1;
      });
      return last;
    },
  };
}
