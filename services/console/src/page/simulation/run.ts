// Requests runs from the server: one at a time, only the newest request, and none after the view is left.
import { useState } from 'react';
import type { Play, Recording, Shortest } from '../../simulation-api.ts';
import { post, type RequestError, useNewest } from '../client.ts';

export interface Ran {
  readonly request: Play;
  readonly recording: Recording;
}

export interface Runs {
  readonly ran: Ran | null;
  readonly error: RequestError | null;
  readonly isRunning: boolean;
  /** Undefined during the search; null if there is none or none was found. */
  readonly shortest: Shortest | null | undefined;
  readonly run: (request: Play) => void;
  readonly show: (ran: Ran) => void;
  readonly cancel: () => void;
}

export function useRuns(): Runs {
  const [ran, setRan] = useState<Ran | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [shortest, setShortest] = useState<Shortest | null>();
  const begin = useNewest();

  const run = (request: Play) => {
    const signal = begin();
    setRunning(true);
    setError(null);
    const ask = async () => {
      const recording = await post<Recording>('/api/simulation/play', request, signal);
      const again = { ...request, seed: recording.seed };
      setRan({ request: again, recording });
      setRunning(false);
      setShortest(undefined);
      if (recording.verdict === null) return;
      const found = await post<Shortest | null>('/api/simulation/shortest', again, signal).catch(() => null);
      if (!signal.aborted) setShortest(found);
    };
    ask().catch((failure: RequestError) => {
      if (signal.aborted) return;
      setError(failure);
      setRunning(false);
    });
  };
  return {
    ran,
    error,
    isRunning,
    shortest,
    run,
    show: setRan,
    cancel() {
      begin();
      setRunning(false);
    },
  };
}
