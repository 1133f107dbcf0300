// Requests an emulator's developer endpoint. The answer is a stream, because it may have a gigabyte.
import { MovieLoadError } from '@movie-load/schema';
import { directRequest } from './direct-fetch.ts';
import { isAwsUrl } from './hosts.ts';

const SILENCE_LIMIT_MS = 30_000;
/** The beginning of an answer, enough to recognise JSON and its kind. */
const START_BYTES = 64;

export interface Answer {
  /** The first characters of the answer. */
  readonly start: string;
  /** All bytes from the first one, at most about `maxBytes`. Leaving the loop ends the request. */
  chunks(maxBytes: number, onCut?: () => void): AsyncGenerator<Uint8Array>;
  end(): void;
}

/** Returns a JSON object as an answer; undefined when the endpoint has no such page. */
export async function ask(
  endpoint: string | undefined,
  path: string,
  parameters: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  if (endpoint === undefined || isAwsUrl(endpoint)) return undefined;
  const url = new URL(path, endpoint);
  url.search = new URLSearchParams(parameters).toString();
  const silence = new AbortController();
  const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  /** The limit is on the endpoint's silence: the caller may take its time between two reads. */
  const inTime = async <T>(waitFor: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
    try {
      return await waitFor();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw failed(silence.signal.aborted ? `it was silent for ${SILENCE_LIMIT_MS / 1000} s` : cause, cause);
    } finally {
      clearTimeout(timer);
    }
  };
  const response = await inTime(() => directRequest(url, { headers: { accept: 'application/json' }, signal: either }));
  const reader: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  const end = () => void response.destroy();
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    end();
    if (statusCode >= 500) throw failed(`status ${statusCode}`);
    return undefined;
  }
  const first: Uint8Array[] = [];
  let start = '';
  while (start.length < START_BYTES) {
    const { done, value } = await inTime(() => reader.next());
    if (done) break;
    first.push(value);
    start += value.toString('latin1', 0, START_BYTES);
  }
  if (!start.startsWith('{')) {
    end();
    return undefined;
  }
  return {
    start,
    end,
    async *chunks(maxBytes, onCut) {
      let bytes = 0;
      try {
        while (bytes <= maxBytes) {
          const known = first.shift();
          const next = known === undefined ? await inTime(() => reader.next()) : { done: false, value: known };
          if (next.done) return;
          bytes += next.value.byteLength;
          if (bytes > maxBytes) onCut?.();
          else yield next.value;
        }
      } finally {
        end();
      }
    },
  };
}

export function failed(why: unknown, cause?: unknown): MovieLoadError {
  const text = String(Error.isError(why) ? why.message : why);
  return new MovieLoadError('peek_failed', `The endpoint did not show what is in the queue: ${text}.`, { cause });
}
