// GET requests to an emulator's developer pages, such as `/_aws/sqs/messages`, which AWS does not have. The response is a
// stream, because it may be a gigabyte.
import { MovieLoadError } from '@movie-load/schema';
import { directRequest } from './direct-fetch.ts';
import { isAwsUrl } from './hosts.ts';

const SILENCE_LIMIT_MS = 30_000;
/** The number of bytes that are read before `requestPage` returns: enough to recognise the kind of JSON. */
const START_BYTES = 64;

export interface PageResponse {
  /** The first characters of the body. */
  readonly start: string;
  /**
   * All bytes from the first one, in chunks. The chunk that would exceed `maxBytes` is not returned: it ends the loop,
   * and `onCut` is called. Leaving the loop ends the request.
   */
  chunks(maxBytes: number, onCut?: () => void): AsyncGenerator<Uint8Array>;
  /** Closes the connection without reading the rest. */
  end(): void;
}

/**
 * Requests a page that returns a JSON object. Undefined when the endpoint is AWS or does not have this page.
 *
 * @throws {MovieLoadError} `peek_failed` when the endpoint fails or is silent for 30 s; the signal's reason
 */
export async function requestPage(
  endpoint: string | undefined,
  path: string,
  parameters: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<PageResponse | undefined> {
  if (endpoint === undefined || isAwsUrl(endpoint)) return undefined;
  const url = new URL(path, endpoint);
  url.search = new URLSearchParams(parameters).toString();
  const silence = new AbortController();
  const callerOrSilenceSignal = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  /** Limits each wait for the endpoint, not the whole request: the caller may pause between two reads. */
  const withSilenceLimit = async <T>(waitFor: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
    try {
      return await waitFor();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw peekFailed(silence.signal.aborted ? `it was silent for ${SILENCE_LIMIT_MS / 1000} s` : cause, cause);
    } finally {
      clearTimeout(timer);
    }
  };
  const request = { headers: { accept: 'application/json' }, signal: callerOrSilenceSignal };
  const response = await withSilenceLimit(() => directRequest(url, request));
  const reader: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  const end = () => void response.destroy();
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    end();
    if (statusCode >= 500) throw peekFailed(`status ${statusCode}`);
    return undefined;
  }
  const startChunks: Uint8Array[] = [];
  let start = '';
  while (start.length < START_BYTES) {
    const { done, value } = await withSilenceLimit(() => reader.next());
    if (done) break;
    startChunks.push(value);
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
          const buffered = startChunks.shift();
          const next =
            buffered === undefined ? await withSilenceLimit(() => reader.next()) : { done: false, value: buffered };
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

/** @param why an error or a short text such as `status 500`: the end of the message */
export function peekFailed(why: unknown, cause?: unknown): MovieLoadError {
  const text = String(Error.isError(why) ? why.message : why);
  return new MovieLoadError('peek_failed', `The endpoint did not show what is in the queue: ${text}.`, { cause });
}
