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
  return (await respond(path, init)).json();
}

/** Resolves when the answer begins. */
async function respond(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new RequestError(
      0,
      'The console’s server does not answer. Is it still running? The page tries again automatically.',
    );
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

/** Posts, and reads the JSON lines of the response as they arrive: those that arrive together, together. */
export async function* postLines<T>(path: string, body: object, signal: AbortSignal): AsyncGenerator<readonly T[]> {
  const headers = { 'content-type': 'application/json' };
  const response = await respond(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = '';
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const lines = (rest + next.value).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map((line) => JSON.parse(line));
  }
}

/** Begins a request and aborts the signal of the previous one; leaving the view aborts the last one. */
export function useNewest(): () => AbortSignal {
  const newest = useRef<AbortController>(null);
  useEffect(() => () => newest.current?.abort(), []);
  return useCallback(() => {
    newest.current?.abort();
    newest.current = new AbortController();
    return newest.current.signal;
  }, []);
}

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: RequestError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Reads `path` when it changes, when `version` changes and on `reload`. Old data stays while new data is loading; a
 * change during a read is read afterwards, never at the same time.
 */
export function useGet<T>(path: string | null, version: unknown = 0): Loaded<T> {
  const [result, setResult] = useState<{ path?: string; data?: T; error?: RequestError }>({});
  const [loading, setLoading] = useState(path !== null);
  const [turn, setTurn] = useState(0);
  const running = useRef<{ path: string; again: boolean } | null>(null);

  useEffect(() => {
    if (path === null) return;
    if (running.current?.path === path) {
      running.current.again = true;
      return;
    }
    const mine = { path, again: false };
    running.current = mine;
    setLoading(true);
    get<T>(path)
      .then(
        (data) => running.current === mine && setResult({ path, data }),
        (error: RequestError) =>
          running.current === mine && setResult((old) => ({ ...(old.path === path && old), path, error })),
      )
      .finally(() => {
        if (running.current !== mine) return;
        running.current = null;
        setLoading(false);
        if (mine.again) setTurn((n) => n + 1);
      });
  }, [path, version, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  const fits = result.path === path;
  return { data: fits ? result.data : undefined, error: fits ? result.error : undefined, loading, reload };
}
