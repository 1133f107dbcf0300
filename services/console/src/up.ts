// The client of `movie-load up`, which started this console: lessons, the lab of its embedded AWS, the learner's queue.
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { directFetch, directRequest } from '@movie-load/aws';
import { type LabQueueAnswer, type LabQueueRequest, labQueueAnswerSchema } from '@movie-load/operations/lab';
import type { RunRequest } from '@movie-load/operations/lessons';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import { ask, refused, requestOf, UP_LIMIT_MS, type UpPlace, type UpRequest } from './ask-up.ts';
import type { LessonsView } from './learn-api.ts';

export interface UpOptions {
  /** The URL of its control server; undefined where the console was not started by `up`. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  /** The name of the console's endpoint for people: AWS, or a URL. */
  readonly endpoint: string;
}

/** Calls the lab and parses its response by a schema. */
type AskUp = <T extends z.ZodType>(path: string, schema: T, request?: UpRequest) => Promise<z.infer<T>>;

const labSchema = z.object({ lab: z.object({ url: z.url(), token: z.string() }).nullable() });
// Not validated: the texts come from this checkout's own lessons, and the page shows them as text.
const lessonsSchema = z.object({
  lessons: z.array(z.custom<LessonsView['lessons'][number]>((one) => typeof one === 'object')),
});

export type Up = ReturnType<typeof createUp>;

export function createUp({ url, token, endpoint }: UpOptions) {
  const control = (path: string): UpPlace => {
    if (url !== undefined) return { url: `${url.replace(/\/$/, '')}${path}`, token };
    throw new MovieLoadError(
      'control_refused',
      'Only `npm run movie-load -- up` runs lessons and queues for the page. In a terminal: npm run movie-load -- learn.',
    );
  };
  const findLab = async () => (url === undefined ? null : (await ask(control('/lab'), labSchema)).lab);
  const noLab = `${url === undefined ? `${endpoint} does not report` : '`up` runs without its lab'}: only the embedded AWS of \`npm run movie-load -- up --lab\` has faults on demand, a clock to move and a history of each message.`;

  return {
    hasQueue: url !== undefined,
    noLab,
    lessons: () => ask(control('/lessons'), lessonsSchema),
    /** The source file that a lesson names. */
    async lessonSource(number: string): Promise<string> {
      const { url: at, token: bearer } = control(`/lessons/${encodeURIComponent(number)}/source`);
      const answer = await directFetch(at, { ...requestOf(bearer), signal: AbortSignal.timeout(UP_LIMIT_MS) });
      const source = await answer.text();
      if (!answer.ok) throw refused(source, answer.status);
      return source;
    },
    /** Resolves when the run begins; its lines must be read, or destroyed. */
    async runLesson(number: string, body: RunRequest, signal: AbortSignal): Promise<IncomingMessage> {
      const { url: at, token: bearer } = control(`/lessons/${encodeURIComponent(number)}`);
      const answer = await directRequest(at, { ...requestOf(bearer, { method: 'POST', body }), signal });
      if (answer.statusCode === 200) return answer;
      throw refused(await text(answer), answer.statusCode);
    },
    queue: (body: LabQueueRequest): Promise<LabQueueAnswer> =>
      ask(control('/lab-queue'), labQueueAnswerSchema, { method: 'POST', body }),
    hasLab: async () => (await findLab()) !== null,
    /** Undefined without a lab. */
    async lab(): Promise<AskUp | undefined> {
      const lab = await findLab();
      if (lab === null) return undefined;
      return (path, schema, request) => ask({ url: `${lab.url}${path}`, token: lab.token }, schema, request);
    },
  };
}
