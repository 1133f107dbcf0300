// Requests to the console's own server only.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from '../api.ts';

/** A failed request; the message is for the person at the page. */
export class RequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  return (await fetchResponse(path, init)).json();
}

/** Resolves when the response begins. Throws `RequestError` without a response, and for one with an error status. */
async function fetchResponse(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new RequestError(0, 'The console’s server does not answer. Is it still running?');
  }
  if (response.ok) return response;
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  throw new RequestError(response.status, problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request<T>(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) });

export const post = <T>(path: string, body: object = {}, signal?: AbortSignal): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

/** Posts, and yields the JSON lines of the response as they arrive, those that arrive together as one array. */
export async function* postLines<T>(path: string, body: object, signal: AbortSignal): AsyncGenerator<readonly T[]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetchResponse(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let incompleteLine = '';
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const lines = (incompleteLine + next.value).split('\n');
    incompleteLine = lines.pop() ?? '';
    yield lines.map((line) => JSON.parse(line));
  }
}

/**
 * For requests of which only the newest counts: the returned function gives the signal of a new request, and aborts the
 * signal of the previous one. Leaving the view aborts the last one.
 */
export function useNewestSignal(): () => AbortSignal {
  const controller = useRef<AbortController>(null);
  useEffect(() => () => controller.current?.abort(), []);
  return useCallback(() => {
    controller.current?.abort();
    controller.current = new AbortController();
    return controller.current.signal;
  }, []);
}

/** A read that got no response, or a server error, is repeated after this time. */
const REPEAT_MS = 5000;

const isTemporary = ({ status }: RequestError): boolean => status === 0 || status >= 500;

const withRepeatNote = (error: RequestError): RequestError =>
  isTemporary(error) ? new RequestError(error.status, `${error.message} The page tries again automatically.`) : error;

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: RequestError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Reads `path` when it changes, when `version` changes and on `reload`. Old data stays while new data is loading. If
 * `version` changes during a read, it reads once more when that read has ended. It repeats reads that got no response or
 * a server error.
 */
export function useGet<T>(path: string | null, version: unknown = 0): Loaded<T> {
  const [result, setResult] = useState<{ path?: string; data?: T; error?: RequestError }>({});
  const [loading, setLoading] = useState(path !== null);
  const [reads, setReads] = useState(0);
  const running = useRef<{ path: string; again: boolean } | null>(null);

  useEffect(() => {
    if (path === null) return;
    if (running.current?.path === path) {
      running.current.again = true;
      return;
    }
    const read = { path, again: false };
    running.current = read;
    setLoading(true);
    get<T>(path)
      .then(
        (data) => running.current === read && setResult({ path, data }),
        (error: RequestError) =>
          running.current === read &&
          setResult((old) => ({ ...(old.path === path && old), path, error: withRepeatNote(error) })),
      )
      .finally(() => {
        if (running.current !== read) return;
        running.current = null;
        setLoading(false);
        if (read.again) setReads((n) => n + 1);
      });
  }, [path, version, reads]);

  const reload = useCallback(() => setReads((n) => n + 1), []);
  useEffect(() => {
    if (result.error === undefined || !isTemporary(result.error)) return;
    const timer = setTimeout(reload, REPEAT_MS);
    return () => clearTimeout(timer);
  }, [result, reload]);

  const isCurrent = result.path === path;
  return { data: isCurrent ? result.data : undefined, error: isCurrent ? result.error : undefined, loading, reload };
}
