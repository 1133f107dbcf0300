// The client of the `movie-load up` that started this console: lessons, the lab of its embedded AWS, a learner's queue.
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { directFetch, directRequest } from '@movie-load/aws';
import { type LabQueueRequest, type LabQueueResponse, labQueueResponseSchema } from '@movie-load/operations/lab';
import type { RunRequest } from '@movie-load/operations/lessons';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import { callUp, fetchOptions, refusalError, UP_TIMEOUT_MS, type UpRequest, type UpTarget } from './call-up.ts';
import type { LessonsView } from './learn-api.ts';

export interface UpOptions {
  /** The URL of the control server of `up`; undefined if the console was not started by `up`. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  /** The console's endpoint as messages name it: AWS, or its URL. */
  readonly endpoint: string;
}

/** Calls a path of the lab and parses the response by the schema. */
type CallLab = <T extends z.ZodType>(path: string, schema: T, request?: UpRequest) => Promise<z.infer<T>>;

const labSchema = z.object({ lab: z.object({ url: z.url(), token: z.string() }).nullable() });
// Not validated: the texts come from this checkout's own lessons, and the page shows them as text.
const lessonsSchema = z.object({
  lessons: z.array(z.custom<LessonsView['lessons'][number]>((lesson) => typeof lesson === 'object')),
});

export type Up = ReturnType<typeof createUp>;

export function createUp({ url, token, endpoint }: UpOptions) {
  const controlTarget = (path: string): UpTarget => {
    if (url !== undefined) return { url: `${url.replace(/\/$/, '')}${path}`, token };
    throw new MovieLoadError(
      'control_refused',
      'Only `npm run movie-load -- up` runs lessons and queues for the page. In a terminal: npm run movie-load -- learn.',
    );
  };
  const findLab = async () => (url === undefined ? null : (await callUp(controlTarget('/lab'), labSchema)).lab);
  const noLab = `${url === undefined ? `${endpoint} has no lab` : '`up` runs without its lab'}: only the embedded AWS of \`npm run movie-load -- up --lab\` has faults on demand, a clock to move and a history of each message.`;

  return {
    /** Whether `queue` works: every `up` lets a learner use a queue by hand, also without a lab. */
    hasQueue: url !== undefined,
    /** Why there is no lab, and how to get one. */
    noLab,
    lessons: () => callUp(controlTarget('/lessons'), lessonsSchema),
    /** The source file that a lesson names. */
    async lessonSource(number: string): Promise<string> {
      const target = controlTarget(`/lessons/${encodeURIComponent(number)}/source`);
      const response = await directFetch(target.url, {
        ...fetchOptions(target.token),
        signal: AbortSignal.timeout(UP_TIMEOUT_MS),
      });
      const source = await response.text();
      if (!response.ok) throw refusalError(source, response.status);
      return source;
    },
    /** Resolves when the run begins. The caller must read the lines of the response, or destroy it. */
    async runLesson(number: string, body: RunRequest, signal: AbortSignal): Promise<IncomingMessage> {
      const target = controlTarget(`/lessons/${encodeURIComponent(number)}`);
      const response = await directRequest(target.url, {
        ...fetchOptions(target.token, { method: 'POST', body }),
        signal,
      });
      if (response.statusCode === 200) return response;
      throw refusalError(await text(response), response.statusCode);
    },
    queue: (body: LabQueueRequest): Promise<LabQueueResponse> =>
      callUp(controlTarget('/lab-queue'), labQueueResponseSchema, { method: 'POST', body }),
    hasLab: async () => (await findLab()) !== null,
    /** Undefined without a lab. */
    async lab(): Promise<CallLab | undefined> {
      const lab = await findLab();
      if (lab === null) return undefined;
      return (path, schema, request) => callUp({ url: `${lab.url}${path}`, token: lab.token }, schema, request);
    },
  };
}
