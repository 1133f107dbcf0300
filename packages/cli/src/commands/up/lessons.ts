// The lessons over the control server, for the page: their texts, and runs on an embedded AWS of their own.
//
//   GET  /lessons           → { "lessons": [LessonTexts with answers and right…] }
//   POST /lessons/<number>  { "run": "lesson" | "without_cause" | "broken" } → a run, as `movie-load learn --json` prints it
import { MovieLoadError, UsageError } from '@movie-load/schema';
import { Hono } from 'hono';
import { z } from 'zod';

const runSchema = z.strictObject({ run: z.enum(['lesson', 'without_cause', 'broken']) });

/** Loaded when the page asks first: `up` itself needs none of it. */
const load = () => import('@movie-load/learn');

/** Routes below `/lessons`. One run at a time: each has an embedded AWS in this process. */
export function createLessonRoutes(): Hono {
  const app = new Hono();
  let running = Promise.resolve<unknown>(undefined);
  app.get('/', async (c) => {
    const { lessonTexts, LESSONS } = await load();
    return c.json({ lessons: LESSONS.map(lessonTexts) });
  });
  app.post('/:number', async (c) => {
    const { run } = runSchema.parse(await c.req.json());
    const { compareBroken, LESSONS, runLesson } = await load();
    const lesson = LESSONS.find((one) => String(one.lesson) === c.req.param('number'));
    if (lesson === undefined) throw new UsageError('There is no such lesson.');
    const work = (): Promise<object | undefined> =>
      run === 'broken' ? compareBroken(lesson.lesson) : runLesson(lesson, { withCause: run === 'lesson' });
    const next = running.then(work, work);
    running = next;
    const result = await next.catch((cause: unknown) => {
      throw new MovieLoadError('lesson_failed', `Lesson ${lesson.lesson} did not run to its end.`, { cause });
    });
    if (result === undefined) throw new UsageError(`Lesson ${lesson.lesson} breaks no rule.`);
    return c.json(result);
  });
  return app;
}
