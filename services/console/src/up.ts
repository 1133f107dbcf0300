// What the console asks of `movie-load up`, which started it: lessons, the lab of its embedded AWS, and a queue of one's own.
import type { IncomingMessage } from 'node:http';
import { directFetch, directRequest } from '@movie-load/aws';
import { type LabQueueAnswer, type LabQueueRequest, labQueueAnswerSchema } from '@movie-load/operations/lab';
import type { RunRequest } from '@movie-load/operations/lessons';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import type { LessonsView } from './learn-api.ts';

export interface UpOptions {
  /** Of its control server; undefined where the console was not started by `up`. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  /** What the console reads: AWS or an endpoint, as people call it. */
  readonly endpoint: string;
}

export interface LabRequest {
  readonly method: 'POST' | 'DELETE';
  readonly body?: object;
}

/** Asks the lab and reads its answer by a schema. */
type AskUp = <T extends z.ZodType>(path: string, schema: T, request?: LabRequest) => Promise<z.infer<T>>;

/** The first question loads the lessons, which takes some seconds on a busy machine. */
const LIMIT_MS = 20_000;
const labSchema = z.object({ lab: z.object({ url: z.url(), token: z.string() }).nullable() });
const refusalSchema = z.object({ error: z.string() });
// The texts come from this checkout's own lessons, and the page shows them as text.
const lessonsSchema = z.object({
  lessons: z.array(z.custom<LessonsView['lessons'][number]>((one) => typeof one === 'object')),
});

export type Up = ReturnType<typeof createUp>;

export function createUp({ url, token, endpoint }: UpOptions) {
  const control = (path: string): { readonly url: string; readonly token: string } => {
    if (url !== undefined) return { url: `${url.replace(/\/$/, '')}${path}`, token: token ?? '' };
    throw new MovieLoadError(
      'control_refused',
      'Only `npm run movie-load -- up` runs lessons and queues for the page. In a terminal: npm run movie-load -- learn.',
    );
  };
  const findLab = async () => (url === undefined ? null : (await ask(control('/lab'), labSchema)).lab);
  const noLab = `${url === undefined ? `${endpoint} does not tell` : '`up` runs without its lab'}: only the embedded AWS of \`npm run movie-load -- up --lab\` has faults on demand, a clock to move and a history of each message.`;

  return {
    hasQueue: url !== undefined,
    noLab,
    lessons: () => ask(control('/lessons'), lessonsSchema),
    /** The file of our code that a lesson names. */
    async lessonSource(number: string): Promise<string> {
      const { url: at, token: bearer } = control(`/lessons/${encodeURIComponent(number)}/source`);
      const answer = await directFetch(at, { ...requestOf(bearer), signal: AbortSignal.timeout(LIMIT_MS) });
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
    /** Undefined where there is no lab. */
    async lab(): Promise<AskUp | undefined> {
      const lab = await findLab();
      if (lab === null) return undefined;
      return (path, schema, request) => ask({ url: `${lab.url}${path}`, token: lab.token }, schema, request);
    },
  };
}

const requestOf = (token: string, request?: LabRequest) => ({
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  ...(request && { method: request.method }),
  ...(request?.body && { body: JSON.stringify(request.body) }),
});

async function ask<T extends z.ZodType>(
  { url, token }: { readonly url: string; readonly token: string },
  schema: T,
  request?: LabRequest,
): Promise<z.infer<T>> {
  const response = await directFetch(url, { ...requestOf(token, request), signal: AbortSignal.timeout(LIMIT_MS) });
  const answer = await response.text();
  if (!response.ok) throw refused(answer, response.status);
  return schema.parse(JSON.parse(answer));
}

async function text(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function refused(answer: string, status: number | undefined): MovieLoadError {
  const { data } = refusalSchema.safeParse(jsonOf(answer));
  return new MovieLoadError('control_refused', data?.error ?? `movie-load up answered ${status}.`);
}

function jsonOf(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
