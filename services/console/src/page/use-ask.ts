// A request at a time: only the response to the newest one is shown.
import { useState } from 'react';
import { type RequestError, useNewest } from './client.ts';

interface Asked<T> {
  readonly busy: boolean;
  /** The last response, which stays during the next request. */
  readonly answer?: T;
  readonly error?: RequestError;
}

export function useAsk<T>() {
  const [asked, setAsked] = useState<Asked<T>>({ busy: false });
  const begin = useNewest();
  const ask = (question: (signal: AbortSignal) => Promise<T>): void => {
    const signal = begin();
    const show = (change: (old: Asked<T>) => Asked<T>) => signal.aborted || setAsked(change);
    show(({ error: _, ...old }) => ({ ...old, busy: true }));
    question(signal).then(
      (answer) => show(() => ({ busy: false, answer })),
      (error: RequestError) => show((old) => ({ ...old, busy: false, error })),
    );
  };
  /** Cancels: the response to the last request is not shown. */
  const forget = () => {
    begin();
    setAsked({ busy: false });
  };
  return { ...asked, ask, forget };
}
