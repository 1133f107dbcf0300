// Makes invalid messages from valid ones, as a sender with permission could send them to a job's groups.
import { groupKey } from '@movie-load/schema';
import type { ExpectedJob } from '../oracle/expected.ts';

export interface ForgedMessage {
  readonly kind: string;
  readonly body: string;
  readonly group: string;
}

/** The valid message from which a forged one is made. */
export interface ForgedFrom {
  readonly job: ExpectedJob;
  readonly number: number;
  /** A valid body of that message. */
  readonly body: string;
  readonly group: number;
  /** Another job of the world, or the same if there is only one. */
  readonly otherJob: ExpectedJob;
}

const KINDS: Readonly<
  Record<string, (original: ForgedFrom) => string | { readonly body: string; readonly group: string }>
> = {
  'not JSON': ({ body }) => body.slice(0, -1),
  'another shape': () => '{"job_id":"x"}',
  'a wrong version': (original) =>
    withChangedBody(original, (body) => ({ ...body, plan: { ...body.plan, version: 0 } })),
  'a plan that does not fit its id': (original) =>
    withChangedBody(original, (body) => ({ ...body, plan: { ...body.plan, movies: body.plan.movies + 1 } })),
  'a smaller plan': (original) =>
    withChangedBody(original, (body) => ({
      ...body,
      plan: { ...body.plan, movies: body.plan.movies === 1 ? 2 : body.plan.movies - 1 },
    })),
  'a number outside the plan': (original) =>
    withChangedBody(original, (body) => ({ ...body, number: original.job.shape.messages })),
  'another number': (original) =>
    withChangedBody(original, (body) => ({ ...body, number: original.number + original.job.plan.group_size })),
  'too few movies': (original) => withChangedBody(original, (body) => ({ ...body, movies: body.movies.slice(1) })),
  'too many movies': (original) =>
    withChangedBody(original, (body) => ({ ...body, movies: [...body.movies, ...body.movies] })),
  'a foreign group': ({ body, otherJob, group }) => ({
    body,
    group: groupKey(otherJob.job_id, otherJob.shape.groups + group),
  }),
  'a group of its own job': ({ body, job, group }) => ({ body, group: groupKey(job.job_id, group + 1) }),
  'the id of another job': (original) =>
    withChangedBody(original, (body) => ({ ...body, job_id: '6b1c8f0e-51f7-5c57-9e0e-3e6c9a4d7b21' })),
};

interface Body {
  readonly plan: { readonly version: number; readonly movies: number };
  readonly movies: readonly unknown[];
}

/** Changes a valid body. */
function withChangedBody({ body }: ForgedFrom, change: (body: Body) => object): string {
  const valid: Body = JSON.parse(body);
  return JSON.stringify(change(valid));
}

export function forge(which: number, original: ForgedFrom): ForgedMessage {
  const names = Object.keys(KINDS);
  const kind = names[which % names.length] ?? 'not JSON';
  const forged = KINDS[kind]?.(original) ?? '';
  return typeof forged === 'string'
    ? { kind, body: forged, group: groupKey(original.job.job_id, original.group) }
    : { kind, ...forged };
}
