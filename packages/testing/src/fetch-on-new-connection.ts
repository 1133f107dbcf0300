/**
 * `fetch` that uses no connection of an earlier call: while the test's own process is busy, the server may close an
 * idle one, and `fetch` would fail on it.
 */
export const fetchOnNewConnection = (url: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { ...init, headers: { ...init.headers, connection: 'close' } });
