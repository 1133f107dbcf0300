// `POST /lab-queue`, by which the page makes one call to SQS on the learner's own queue.
import { type LabQueueResponse, labQueueRequestSchema } from '@movie-load/operations/lab';
import { Hono } from 'hono';
import { type LabQueueOptions, labQueueCall } from '../../lab-queue.ts';

/** Throws a ZodError for an invalid request, and `UsageError` for a queue of the pipeline and for a missing queue. */
export function createLabQueueRoutes(options: LabQueueOptions): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const { aws_cli, run } = await labQueueCall(labQueueRequestSchema.parse(await c.req.json()), options);
    const result = await run().catch(toRefusal);
    return c.json({ aws_cli, refused: null, ...result } satisfies LabQueueResponse);
  });
  return app;
}

/** Converts an error by which SQS refuses the call to a response, because the learner should see it. Throws others. */
function toRefusal(error: unknown): Pick<LabQueueResponse, 'refused'> {
  if (!(Error.isError(error) && '$fault' in error && error.$fault === 'client')) throw error;
  return { refused: `${error.name}: ${error.message}` };
}
