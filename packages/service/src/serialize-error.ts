// An error for a log line: selected properties, and nothing of the request, which could contain credentials.
import { z } from 'zod';

export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly http_status?: number;
  readonly request_id?: string;
  readonly attempts?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: SerializedError;
}

/** The properties of errors of Node, the AWS SDK and movie-load; each may be missing or of another type. */
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

const MAX_CAUSE_DEPTH = 4;
const MAX_MESSAGE_LENGTH = 2000;

/** The properties of a thrown value and of its causes that are logged. */
export function serializeError(thrown: unknown): SerializedError {
  return describe(thrown, MAX_CAUSE_DEPTH);
}

function describe(thrown: unknown, depth: number): SerializedError {
  const parsed = errorShape.safeParse(thrown);
  if (!parsed.success) return { type: typeof thrown, message: String(thrown).slice(0, MAX_MESSAGE_LENGTH) };
  const { name, message, code, stack, cause, details, errors = [], $metadata: sdk } = parsed.data;
  // When `localhost` refuses a connection, the error has an empty message and an error for each address.
  if (message === '' && errors.length > 0 && depth > 0) return describe(errors[0], depth - 1);
  return {
    type: name,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    ...(code === undefined ? {} : { code }),
    ...(sdk?.httpStatusCode === undefined ? {} : { http_status: sdk.httpStatusCode }),
    ...(sdk?.requestId === undefined ? {} : { request_id: sdk.requestId }),
    ...(sdk?.attempts === undefined ? {} : { attempts: sdk.attempts }),
    ...(details === undefined || Object.keys(details).length === 0 ? {} : { details }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || depth === 0 ? {} : { cause: describe(cause, depth - 1) }),
  };
}
