// The client of the lab of an embedded AWS that `movie-load up --lab` started, and the file with the lab's token.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { directFetch, type LoadedAwsSettings, touchesAws } from '@movie-load/aws';
import { MovieLoadError, UsageError } from '@movie-load/schema';
import { z } from 'zod';

/** Equal to the path in packages/local-aws, which images do not contain; a test compares the two. */
export const LAB_PATH = '/_local-aws/lab/';

const folder = (): string => join(process.env.HOME || homedir(), '.movie-load');

/** The file with the lab's token. Its name has the endpoint's port, so that commands find it by AWS_ENDPOINT_URL. */
const tokenFile = (endpoint: string): string => join(folder(), `lab-${new URL(endpoint).port || '80'}`);

/** Writes the file with the lab's token, readable by this user only. Resolves to a function that removes the file. */
export async function writeLabToken(endpoint: string, token: string): Promise<() => Promise<void>> {
  await mkdir(folder(), { recursive: true, mode: 0o700 });
  const file = tokenFile(endpoint);
  // An existing file would keep its mode when it is overwritten.
  await rm(file, { force: true });
  await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return () => rm(file, { force: true });
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

export interface LabRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
}

/** Calls the lab and parses its response with a schema. */
export type CallLab = <T extends z.ZodType>(path: string, schema: T, request?: LabRequest) => Promise<z.infer<T>>;

const errorSchema = z.object({ error: z.string() });

/**
 * Opens the lab of the endpoint of these settings. Throws `MovieLoadError` `lab_closed` if the endpoint has no lab.
 *
 * @example const callLab = await openLab(settings, 'keeps a history of messages');
 * @param feature what only an endpoint with a lab does: a verb phrase that completes the error message
 */
export async function openLab(settings: LoadedAwsSettings, feature: string): Promise<CallLab> {
  const endpoint = settings.endpoints?.sqs ?? settings.endpoint;
  const labClosed = (why: string, cause?: unknown) =>
    new MovieLoadError(
      'lab_closed',
      `${why}: only the embedded AWS of \`movie-load up --lab\`, on this machine, ${feature}.`,
      { cause },
    );
  if (endpoint === undefined || touchesAws(settings)) throw labClosed('AWS has no lab');
  if (!LOOPBACK.test(new URL(endpoint).hostname)) throw labClosed(`${endpoint} has no lab`);
  const token = await readFile(tokenFile(endpoint), 'utf8').catch((cause: unknown) => {
    throw labClosed(`The endpoint ${endpoint} has no lab`, cause);
  });
  return async (path, schema, { method = 'GET', body } = {}) => {
    const headers = { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/json' };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const url = new URL(LAB_PATH + path, endpoint);
    const response = await directFetch(url, { method, headers, body: text }).catch((cause: unknown) => {
      throw labClosed(`Nothing answers at ${endpoint}`, cause);
    });
    const responseBody: unknown = await response.json().catch(() => undefined);
    if (response.ok) return schema.parse(responseBody);
    const { data } = errorSchema.safeParse(responseBody);
    // A lab that refuses the token belongs to another program, or to an `up` that was restarted.
    if (data === undefined || response.status === 401) throw labClosed(`The endpoint ${endpoint} has no lab`);
    throw new UsageError(data.error);
  };
}
