import { z } from 'zod';
import { groupKey } from './keys.ts';
import { movieSchema, movieToJson } from './movie.ts';
import { jobIdOf, jobIdSchema, jobPlanSchema, MAX_MOVIES, MAX_MOVIES_PER_MESSAGE, PLAN_VERSION } from './plan.ts';
import { groupOfMessage, moviesOfMessage, shapeOf } from './shape.ts';
import { instantSchema } from './text.ts';

/**
 * The body of an SQS message: one or more consecutive movies of one job, and everything that a consumer needs to check
 * and store them without another request. Its version is `plan.version`.
 */
export const loadMessageSchema = z.strictObject({
  job_id: jobIdSchema,
  plan: jobPlanSchema,
  /** The message group's number within the job. */
  group: z.int().min(0).max(MAX_MOVIES),
  /** The message's number within the job. */
  number: z.int().min(0).max(MAX_MOVIES),
  /** When the producer started the job. The first message that is stored sets it in the job's item. */
  started_on: instantSchema,
  movies: z.array(movieSchema).min(1).max(MAX_MOVIES_PER_MESSAGE),
});
export type LoadMessage = Readonly<z.infer<typeof loadMessageSchema>>;

/** Why a message can never succeed. The words are the same in the dead-letter queue, in logs and in metrics. */
export const REFUSALS = [
  'not_json',
  'unknown_version',
  'wrong_shape',
  'plan_mismatch',
  'outside_plan',
  'group_mismatch',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** The reason for a message of a newer plan version, which this release cannot check. */
export const NEWER_VERSION = 'newer_version';

export type MessageCheck =
  | { readonly ok: true; readonly message: LoadMessage }
  | { readonly ok: false; readonly reason: Refusal | typeof NEWER_VERSION; readonly detail: string };

/** A message body, with its keys and those of its movies in a fixed order. Those of the plan keep their order. */
export function encodeLoadMessage({ job_id, plan, group, number, started_on, movies }: LoadMessage): string {
  const head = JSON.stringify({ job_id, plan, group, number, started_on });
  return `${head.slice(0, -1)},"movies":[${movies.map(movieToJson).join(',')}]}`;
}

const versionOnlySchema = z.object({ plan: z.object({ version: z.int() }) });

/**
 * Checks the body of a received message: JSON, shape, plan against job id, numbers against the plan, and the message
 * group. Never throws. A message that is refused with a `Refusal` can never succeed.
 */
export function checkLoadMessage(body: string, messageGroupId: string | undefined): MessageCheck {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return refuse('not_json', 'the body is not JSON');
  }
  const parsed = loadMessageSchema.safeParse(json);
  if (!parsed.success) {
    const versionOnly = versionOnlySchema.safeParse(json);
    const version = versionOnly.data?.plan.version ?? PLAN_VERSION;
    if (version > PLAN_VERSION) {
      const detail = `version ${version} is newer than ${PLAN_VERSION}, the last that this consumer can read`;
      return { ok: false, reason: NEWER_VERSION, detail };
    }
    if (version < 1) return refuse('unknown_version', `no release makes plans of version ${version}`);
    return refuse('wrong_shape', describeIssues(parsed.error));
  }
  return checkAgainstPlan(parsed.data, messageGroupId);
}

function checkAgainstPlan(message: LoadMessage, messageGroupId: string | undefined): MessageCheck {
  const { plan, job_id, number, group, movies } = message;
  if (jobIdOf(plan) !== job_id) return refuse('plan_mismatch', 'the job id does not follow from the plan');
  const shape = shapeOf(plan);
  if (number >= shape.messages) return refuse('outside_plan', `message ${number} of a job of ${shape.messages}`);
  if (groupOfMessage(shape, number) !== group)
    return refuse('outside_plan', `message ${number} is not in group ${group}`);
  const { count } = moviesOfMessage(plan, number);
  if (movies.length !== count) return refuse('outside_plan', `${movies.length} movies where the plan has ${count}`);
  if (messageGroupId !== groupKey(job_id, group))
    return refuse('group_mismatch', 'the message group is not the one of the body');
  return { ok: true, message };
}

const refuse = (reason: Refusal, detail: string): MessageCheck => ({ ok: false, reason, detail });

const MAX_ISSUES = 3;

/** The first problems, each as the path in the schema and a fixed text. Never quotes the sender's text. */
function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${issue.path.map(String).join('.') || 'the body'} ${issueText(issue)}`)
    .join('; ');
}

const ISSUE_TEXTS: Readonly<Record<string, string>> = {
  invalid_type: 'is not of the right type',
  unrecognized_keys: 'has unknown fields',
  invalid_format: 'does not have the right form',
  too_big: 'is too large',
  too_small: 'is too small',
};

function issueText({ code, message }: z.core.$ZodIssue): string {
  if (message.endsWith('received undefined')) return 'is missing';
  return ISSUE_TEXTS[code] ?? `is not allowed: ${code}`;
}
