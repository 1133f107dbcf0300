// A queue of the learner's own, driven by hand from the page: `POST /lab-queue` makes one call of SQS.
import { type LabQueueAnswer, labQueueRequestSchema } from '@movie-load/operations/lab';
import { Hono } from 'hono';
import { type LabQueueOptions, labQueueCall } from '../../lab-queue.ts';

/** Throws a ZodError for what is not a request, and `UsageError` for the pipeline's queues and a queue that is not there. */
export function createLabQueueRoutes(options: LabQueueOptions): Hono {
  const app = new Hono();
  app.post('/', async (c) => {
    const { aws_cli, run } = await labQueueCall(labQueueRequestSchema.parse(await c.req.json()), options);
    const result = await run().catch(refusalOf);
    return c.json({ aws_cli, refused: null, ...result } satisfies LabQueueAnswer);
  });
  return app;
}

/** How SQS refuses is what a learner is to see. Throws every other error. */
function refusalOf(error: unknown): Pick<LabQueueAnswer, 'refused'> {
  if (!(Error.isError(error) && '$fault' in error && error.$fault === 'client')) throw error;
  return { refused: `${error.name}: ${error.message}` };
}
