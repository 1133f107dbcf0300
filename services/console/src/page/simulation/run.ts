// Requests runs from the server: one at a time, only the newest request, and none after the view is left.
import { useState } from 'react';
import type { Play, Recording, ShortestSchedule } from '../../simulation-api.ts';
import { post, type RequestError, useNewestSignal } from '../client.ts';

export interface RecordedRun {
  readonly request: Play;
  readonly recording: Recording;
}

export interface Runs {
  readonly recordedRun: RecordedRun | null;
  readonly error: RequestError | null;
  readonly isRunning: boolean;
  /** Undefined until the search has ended, which begins when a run has broken a promise; null if it found none. */
  readonly shortest: ShortestSchedule | null | undefined;
  readonly run: (request: Play) => void;
  readonly show: (recordedRun: RecordedRun) => void;
  readonly cancel: () => void;
}

export function useRuns(): Runs {
  const [recordedRun, setRecordedRun] = useState<RecordedRun | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [shortest, setShortest] = useState<ShortestSchedule | null>();
  const nextSignal = useNewestSignal();

  const run = (request: Play) => {
    const signal = nextSignal();
    setRunning(true);
    setError(null);
    const play = async () => {
      const recording = await post<Recording>('/api/simulation/play', request, signal);
      const repeatable = { ...request, seed: recording.seed };
      setRecordedRun({ request: repeatable, recording });
      setRunning(false);
      setShortest(undefined);
      if (recording.verdict === null) return;
      const shortestRun = await post<ShortestSchedule | null>('/api/simulation/shortest', repeatable, signal).catch(
        () => null,
      );
      if (!signal.aborted) setShortest(shortestRun);
    };
    play().catch((failure: RequestError) => {
      if (signal.aborted) return;
      setError(failure);
      setRunning(false);
    });
  };
  return {
    recordedRun,
    error,
    isRunning,
    shortest,
    run,
    show: setRecordedRun,
    cancel() {
      nextSignal();
      setRunning(false);
    },
  };
}
