// The learner's own queue, used by hand from the page: `POST /lab-queue` makes one call to SQS.
import { type LabQueueAnswer, labQueueRequestSchema } from '@movie-load/operations/lab';
import { Hono } from 'hono';
import { type LabQueueOptions, labQueueCall } from '../../lab-queue.ts';

/** Throws a ZodError for an invalid request, and `UsageError` for a queue of the pipeline and for a missing queue. */
export function createLabQueueRoutes(options: LabQueueOptions): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const { aws_cli, run } = await labQueueCall(labQueueRequestSchema.parse(await c.req.json()), options);
    const result = await run().catch(refusalOf);
    return c.json({ aws_cli, refused: null, ...result } satisfies LabQueueAnswer);
  });
  return app;
}

/** Returns SQS's refusal, which the learner should see. Throws every other error. */
function refusalOf(error: unknown): Pick<LabQueueAnswer, 'refused'> {
  if (!(Error.isError(error) && '$fault' in error && error.$fault === 'client')) throw error;
  return { refused: `${error.name}: ${error.message}` };
}
