// Requests of a view, of which only the response to the newest one is shown.
import { useState } from 'react';
import { type RequestError, useNewestSignal } from './client.ts';

interface RequestState<T> {
  readonly busy: boolean;
  /** The last response, which stays during the next request. */
  readonly response?: T;
  readonly error?: RequestError;
}

export function useRequest<T>() {
  const [state, setState] = useState<RequestState<T>>({ busy: false });
  const nextSignal = useNewestSignal();
  const send = (request: (signal: AbortSignal) => Promise<T>): void => {
    const signal = nextSignal();
    const show = (change: (old: RequestState<T>) => RequestState<T>) => signal.aborted || setState(change);
    show(({ error: _, ...old }) => ({ ...old, busy: true }));
    request(signal).then(
      (response) => show(() => ({ busy: false, response })),
      (error: RequestError) => show((old) => ({ ...old, busy: false, error })),
    );
  };
  /** Shows nothing, and ignores the response to the last request. */
  const reset = () => {
    nextSignal();
    setState({ busy: false });
  };
  return { ...state, send, reset };
}
