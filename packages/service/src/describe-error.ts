// An error as a log line shows it: the facts that help, and none of the request, which could carry credentials.
import { z } from 'zod';

export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly http_status?: number;
  readonly request_id?: string;
  readonly attempts?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** What errors of Node, the AWS SDK and our own carry; every part may be missing or of another type. */
const errorShape = z.object({
  name: z.string().catch('Error'),
  message: z.string().catch(''),
  code: z.string().optional().catch(undefined),
  stack: z.string().optional().catch(undefined),
  cause: z.unknown().optional(),
  details: z.record(z.string(), z.unknown()).optional().catch(undefined),
  errors: z.array(z.unknown()).optional().catch(undefined),
  $metadata: z
    .object({
      httpStatusCode: z.number().optional().catch(undefined),
      requestId: z.string().optional().catch(undefined),
      attempts: z.number().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const DEEPEST = 4;
const LONGEST_MESSAGE = 2000;

/** Picks the known facts out of anything that was thrown, causes included. */
export function describeCause(thrown: unknown): DescribedError {
  return describe(thrown, DEEPEST);
}

function describe(thrown: unknown, depth: number): DescribedError {
  const parsed = errorShape.safeParse(thrown);
  if (!parsed.success) return { type: typeof thrown, message: String(thrown).slice(0, LONGEST_MESSAGE) };
  const { name, message, code, stack, cause, details, errors = [], $metadata: sdk } = parsed.data;
  // A refused `localhost` is one error for each of its addresses, with an empty message of its own.
  if (message === '' && errors.length > 0 && depth > 0) return describe(errors[0], depth - 1);
  return {
    type: name,
    message: message.slice(0, LONGEST_MESSAGE),
    ...(code === undefined ? {} : { code }),
    ...(sdk?.httpStatusCode === undefined ? {} : { http_status: sdk.httpStatusCode }),
    ...(sdk?.requestId === undefined ? {} : { request_id: sdk.requestId }),
    ...(sdk?.attempts === undefined ? {} : { attempts: sdk.attempts }),
    ...(details === undefined || Object.keys(details).length === 0 ? {} : { details }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || depth === 0 ? {} : { cause: describe(cause, depth - 1) }),
  };
}
